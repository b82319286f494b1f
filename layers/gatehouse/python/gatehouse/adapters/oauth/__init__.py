"""OAuth 2.0 and OpenID Connect as Authlib carries them: what a request must hold and in which order it is checked.

Our rules stand in `controlplane/oauth`; these classes tell Authlib about them. What Authlib refuses is raised as the error of
ours that has the same name on the wire, so that there is one renderer for both.
"""
