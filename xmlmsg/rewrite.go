package xmlmsg

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// ErrNoPath means that an edit names an element that the message does not have.
var ErrNoPath = errors.New("xmlmsg: the message has no such element")

// Edit is one change of a message's XML, for Rewrite.
type Edit func(root *etreeElement) error

// etreeElement keeps etree out of the public API.
type etreeElement = etree.Element

// SetTitle changes the title of an app message. The title of a file is its name.
func SetTitle(title string) Edit { return SetText("appmsg/title", title) }

// SetText changes the text of an element. The path starts below the root: "appmsg/des". An element that is missing is
// added, if its parent is there.
func SetText(path, text string) Edit {
	return func(root *etreeElement) error {
		e, err := descend(root, path, true)
		if err != nil {
			return err
		}
		for _, child := range slices.Clone(e.Child) { // text, CDATA: whatever was there
			if _, isText := child.(*etree.CharData); isText {
				e.RemoveChild(child)
			}
		}
		e.InsertChildAt(0, etree.NewText(clean(text)))
		return nil
	}
}

// SetAttr changes or adds an attribute of an element: SetAttr("img", "length", "10").
func SetAttr(path, name, value string) Edit {
	return func(root *etreeElement) error {
		e, err := descend(root, path, false)
		if err != nil {
			return err
		}
		e.CreateAttr(name, clean(value))
		return nil
	}
}

// Remove takes an element out with all that is in it. One that is missing is no error.
func Remove(path string) Edit {
	return func(root *etreeElement) error {
		e, err := descend(root, path, false)
		if err != nil || e.Parent() == nil {
			return nil //nolint:nilerr // what is not there need not be removed
		}
		e.Parent().RemoveChild(e)
		return nil
	}
}

// descend follows a path of names down from the root.
func descend(root *etreeElement, path string, add bool) (*etreeElement, error) {
	names := strings.Split(path, "/")
	e := root
	for i, name := range names {
		child := e.SelectElement(name)
		if child == nil && add && i == len(names)-1 {
			child = e.CreateElement(name)
		}
		if child == nil {
			return nil, fmt.Errorf("%w: %s", ErrNoPath, path)
		}
		e = child
	}
	return e, nil
}

// Rewrite edits the XML of a received message. What no edit names survives: unknown elements and attributes, their order, CDATA
// and comments. Without edits the content comes back byte for byte.
func Rewrite(content string, edits ...Edit) (string, error) {
	if len(edits) == 0 {
		return content, nil
	}
	t, err := Parser{}.read(content) // the limits, and a clear error
	if err != nil {
		return "", err
	}
	content = clean(t.content)
	t.release()

	doc := etree.NewDocument()
	doc.ReadSettings.Permissive = true
	doc.ReadSettings.PreserveCData = true
	if err := doc.ReadFromString(content); err != nil {
		return "", ErrNotXML // the error of the library could quote the content
	}
	root := doc.Root()
	if root == nil {
		return "", ErrNotXML
	}
	for _, edit := range edits {
		if err := edit(root); err != nil {
			return "", err
		}
	}
	return doc.WriteToString()
}

// AppMsg is the element <appmsg>…</appmsg> of a message, byte for byte: what the call postAppMsg wants.
func AppMsg(content string) (string, error) {
	t, err := Parser{}.read(content)
	if err != nil {
		return "", err
	}
	defer t.release()
	app := t.root().child("msg").child("appmsg")
	if !app.exists() {
		app = t.root().child("appmsg")
	}
	if !app.exists() {
		return "", ErrNoElement
	}
	return app.outer(), nil
}
