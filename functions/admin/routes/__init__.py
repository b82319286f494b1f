"""The routes of the admin interface and of devops, by what they are about."""
