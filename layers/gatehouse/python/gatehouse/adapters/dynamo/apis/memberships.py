"""Which products use an API: rows in the API's item collection, written in the transactions that keep the products.

The API moves on in the same transaction: whoever has read it before, to take an operation away or to delete it, is told.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from gatehouse.adapters.dynamo.apis.rows import META, PRODUCT, api_pk
from gatehouse.adapters.dynamo.table import query
from gatehouse.domain.apis.product import ProductUse, choices
from gatehouse.domain.errors import Changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gatehouse.adapters.dynamo.apis.rows import ApiRow
    from gatehouse.adapters.dynamo.table import Transaction
    from gatehouse.domain.apis.api import Api


def claim(transaction: Transaction, row: type[ApiRow], product: Api, members: Sequence[Api]) -> None:
    """Say that the product uses these APIs, all of its, if they still are what was read."""
    used = {choice.api_id: choice.operations for choice in choices(product.document)}
    for member in members:
        pk = api_pk(member.tenant, member.id)
        transaction.update(
            row(pk, META),
            [row.version.add(1)],
            when=(row.version == member.stored_version) & row.removing.does_not_exist(),
            otherwise=Changed(),
        )
        use = ProductUse(
            product_id=product.id,
            name=product.name,
            version=product.version,
            operations=tuple(f"{verb} {target}" for verb, target in used[member.id]),
        )
        transaction.put(row(pk, f"{PRODUCT}{product.id}", body=asdict(use)))


def release(transaction: Transaction, row: type[ApiRow], product: Api, member_ids: Iterable[str]) -> None:
    """Say that the product uses these APIs no longer."""
    for member_id in sorted(member_ids):
        transaction.delete(row(api_pk(product.tenant, member_id), f"{PRODUCT}{product.id}"))


def uses(row: type[ApiRow], tenant: str, api_id: str) -> list[ProductUse]:
    """What products use of the API."""
    found = query(row, api_pk(tenant, api_id), prefix=PRODUCT)
    return [ProductUse(**{**one.body, "operations": tuple(one.body["operations"])}) for one in found]
