"""Key managers that are somebody else's: registering them, finding them out, and what their tokens are worth."""
