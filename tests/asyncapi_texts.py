"""AsyncAPI definitions that tests send: street lights in versions 2 and 3, with what a round trip must not lose."""

from __future__ import annotations

STREETLIGHTS_2 = b"""\
asyncapi: 2.6.0
x-owner: {team: lights}
info:
  title: Streetlights
  version: 1.0.0
  description: Turns lights on and off
servers:
  production: {url: 'wss://lights.example/stream', protocol: wss}
channels:
  lights/{lightId}/measured:
    parameters:
      lightId: {schema: {type: string}}
    subscribe:
      summary: Measurements as they are made
      x-priority: 3
      message: {$ref: '#/components/messages/measured'}
  lights/{lightId}/on:
    parameters:
      lightId: {schema: {type: string}}
    publish:
      x-scopes: [light_switch]
      message: {$ref: '#/components/messages/switched'}
components:
  messages:
    measured: {payload: {$ref: '#/components/schemas/measurement'}}
    switched: {payload: {type: object}, x-lost: never}
  schemas:
    measurement: {type: object, properties: {lumens: {type: integer, minimum: 0}}}
"""

STREETLIGHTS_3 = b"""\
asyncapi: 3.0.0
info: {title: Streetlights, version: 1.0.0}
servers:
  production: {host: 'broker.example:9092', protocol: kafka}
channels:
  measured:
    address: lights.{lightId}.measured
    parameters: {lightId: {description: Which light}}
    messages: {measured: {$ref: '#/components/messages/measured'}}
  switch:
    address: lights.{lightId}.on
    parameters: {lightId: {}}
    messages: {switched: {payload: {type: object}}}
operations:
  reportMeasurement: {action: send, channel: {$ref: '#/channels/measured'}, x-priority: 3}
  onSwitch: {action: receive, channel: {$ref: '#/channels/switch'}}
components:
  messages: {measured: {payload: {type: object}}}
"""
