package collect

// What only the external tests name.
var (
	Canonical = canonical
	Links     = links
	TextOf    = textOf
)
