package xmlmsg

// nested reads a document that stands in an element: as real children, in CDATA, or escaped once or twice. use gets its root; it is not called if
// there is no document that can be read.
func (p Parser) nested(e element, use func(doc element)) {
	if !e.exists() {
		return
	}
	if e.hasChildren() { // the element is the root
		use(e)
		return
	}
	t, err := p.read(e.value())
	if err != nil {
		return
	}
	defer t.release()
	use(t.root())
}
