"""Routes of what stands beside APIs: documents, pictures, ratings, comments, and the search over all of it."""
