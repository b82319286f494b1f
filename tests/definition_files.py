"""A definition in several files, as tests send it: path items, schemas in JSON, shared pieces, and a name that is taken twice."""

from __future__ import annotations

ROOT = b"""\
openapi: 3.0.3
info: {title: Pets, version: '1.0.0'}
x-owner: {team: pets}
paths:
  /pets: {$ref: paths/pets.yaml}
  /pets/{id}:
    parameters: [{$ref: 'common.yaml#/parameters/id'}]
    get:
      responses:
        '200':
          description: A pet
          content:
            application/json: {schema: {$ref: schemas/pet.json}}
            text/plain: {schema: {type: string}}
        default: {$ref: 'common.yaml#/responses/error'}
components: {schemas: {pet: {type: string}}}
"""

PATHS = b"""\
get:
  operationId: listPets
  responses:
    '200': {description: Pets, content: {application/json: {schema: {type: array, items: {$ref: ../schemas/pet.json}}}}}
post:
  requestBody: {$ref: '../common.yaml#/bodies/pet'}
  responses: {'201': {description: Made}}
"""

COMMON = b"""\
parameters: {id: {name: id, in: path, required: true, schema: {type: string}}}
responses: {error: {description: Bad, content: {application/json: {schema: {$ref: '#/schemas/error'}}}}}
bodies: {pet: {content: {application/json: {schema: {$ref: schemas/pet.json}}}}}
schemas:
  error:
    type: object
    properties: {cause: {$ref: '#/schemas/error'}, told: {$ref: 'openapi.yaml#/components/schemas/pet'}}
"""

PET = b"""\
{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
  "owner": {"$ref": "#/definitions/owner"},
  "kind": {"oneOf": [{"$ref": "cat.yaml"}],
    "discriminator": {"propertyName": "kind", "mapping": {"cat": "cat.yaml"}}}},
  "definitions": {"owner": {"type": "string"}}, "example": {"$ref": "an example, not a reference"}}
"""

CAT = b"type: object\nproperties: {kind: {type: string}, friend: {$ref: pet.json}}\n"

FILES = {
    "openapi.yaml": ROOT,
    "paths/pets.yaml": PATHS,
    "common.yaml": COMMON,
    "schemas/pet.json": PET,
    "schemas/cat.yaml": CAT,
}
