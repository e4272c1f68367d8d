package xmlmsg

// nested reads a document inside an element: as real children, in CDATA, or escaped once or twice.
// It calls use with the root of the document, or not at all if it cannot read one.
func (p Parser) nested(e element, use func(doc element)) {
	if !e.exists() {
		return
	}
	if e.hasChildren() { // the element itself is the root
		use(e)
		return
	}
	t, err := p.readValue(e.value())
	if err != nil {
		return
	}
	defer t.release()
	use(t.root())
}
