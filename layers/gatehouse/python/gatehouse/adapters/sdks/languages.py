"""What the OpenAPI Generator is told for each language: which of its generators, and how the parts are to be called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gatehouse.domain.portal.sdk import SdkOrder

GROUP = "client"
"""The Java world's first half of an artifact's name."""


@dataclass(frozen=True, slots=True)
class Tool:
    """`names` are options that say how something is called, in terms of `_words`; `options` are fixed."""

    generator: str
    names: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()


_JAVA = (
    ("groupId", "group"),
    ("artifactId", "slug"),
    ("artifactVersion", "release"),
    ("invokerPackage", "java"),
    ("apiPackage", "java_api"),
    ("modelPackage", "java_model"),
)
_PACKAGE = (("packageName", "package"), ("packageVersion", "release"))

TOOLS = {
    "android": Tool("android", _JAVA),
    "clojure": Tool("clojure", (("projectName", "slug"), ("projectVersion", "release"))),
    "csharp": Tool("csharp", (("packageName", "pascal"), ("packageVersion", "release"))),
    "dart": Tool("dart", (("pubName", "package"), ("pubVersion", "release"))),
    "go": Tool("go", _PACKAGE),
    "groovy": Tool("groovy", _JAVA),
    # The JDK's own HTTP client and Jackson, and nothing else: the fewest dependencies.
    "java": Tool("java", _JAVA, (("library", "native"), ("openApiNullable", "false"))),
    "javascript": Tool(
        "javascript", (("projectName", "slug"), ("projectVersion", "release")), (("usePromises", "true"),)
    ),
    "jmeter": Tool("jmeter"),
    "kotlin": Tool("kotlin", (*_JAVA[:3], ("packageName", "java"))),
    "perl": Tool("perl", (("moduleName", "pascal"), ("moduleVersion", "release"))),
    "php": Tool("php", (("invokerPackage", "pascal"), ("artifactVersion", "release"))),
    "python": Tool("python", (*_PACKAGE, ("projectName", "slug"))),
    "ruby": Tool("ruby", (("gemName", "package"), ("moduleName", "pascal"), ("gemVersion", "release"))),
    "rust": Tool("rust", (("packageName", "package"), ("packageVersion", "release"))),
    "scala": Tool("scala-sttp", _JAVA),
    "swift": Tool("swift6", (("projectName", "pascal"),)),
    "typescript": Tool("typescript-fetch", (("npmName", "slug"), ("npmVersion", "release"))),
}


def told(order: SdkOrder) -> tuple[str, str]:
    """The generator for an order, and its options as it takes them: `name=value,name=value`."""
    tool, words = TOOLS[order.language], _words(order)
    options = [("hideGenerationTimestamp", "true"), *tool.options, *((name, words[word]) for name, word in tool.names)]
    return tool.generator, ",".join(f"{name}={value}" for name, value in options)


def _words(order: SdkOrder) -> dict[str, str]:
    """The API's name and version in every spelling. None of them has a character that means something to the generator."""
    package = order.package
    java = f"{GROUP}.{package.replace('_', '')}"
    return {
        "slug": order.slug,
        "release": order.release,
        "package": package,
        "pascal": "".join(part.capitalize() for part in package.split("_")),
        "group": GROUP,
        "java": java,
        "java_api": f"{java}.api",
        "java_model": f"{java}.model",
    }
