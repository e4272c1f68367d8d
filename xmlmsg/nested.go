package xmlmsg

import "strings"

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
	content := e.value()
	if !strings.Contains(content, "<") && strings.Contains(content, "&lt;") {
		content = unescape(content)
	}
	t, err := p.read(content)
	if err != nil {
		return
	}
	defer t.release()
	use(t.root())
}
