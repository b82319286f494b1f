"""What happens to calls on their way, as providers keep it: policies, sequences that answer, mocks."""
