"""The one exception of the generator."""


class ArticleError(Exception):
    """Report bad input in one message that names the file, the key, the value and what was expected."""
