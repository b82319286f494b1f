"""A GraphQL schema for tests, and texts that look like queries."""

from __future__ import annotations

from hypothesis import strategies as st

SDL = b'''
"""What there is to eat."""
type Query {
  menu(first: Int, last: Int, filter: String): [Dish!]!
  dish(id: ID!): Dish
  search(text: String): [Found]
  version: String
}
type Mutation { order(dish: ID!): Dish }
type Subscription { ordered: Dish }
type Dish { name: String! price: Int sides(limit: Int, LIMIT: Int): [Dish] }
type Drink { name: String! litres: Float }
union Found = Dish | Drink
'''

WORDS = (
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "menu",
    "dish",
    "order",
    "name",
    "sides",
    "version",
    "Dish",
    "Query",
    "A",
    "__schema",
    "__typename",
    "type",
    *"{}()[]:!$@=|&",
    "...",
    "...A",
    "$n",
    "first: 3",
    '"text"',
    '"""',
    "#",
    "\n",
    "\ufeff",
    "\ud800",
    "1e9",
    "-",
)


def query_texts() -> st.SearchStrategy[str]:
    """Words of GraphQL in any order, parts of a good query, and any text at all."""
    words = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
    inner = words.map("{{ menu {{ {} }} }}".format)
    return st.one_of(words, inner, st.text(max_size=40), st.text(st.characters(), max_size=20))
