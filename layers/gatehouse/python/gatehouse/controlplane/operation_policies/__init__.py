"""Operation policies: what tenants make of the product's, how it is read, kept and compiled.

A definition is read once, when it comes in, into steps (`operation_policy.Step`): from a list of steps, or from the forms of
Synapse's templates that mean the same. What says anything else is kept, and refused where it would have to be run.
"""
