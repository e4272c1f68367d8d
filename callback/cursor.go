package callback

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// cursor goes through the members of an object, or the elements of an array, and checks their
// syntax on the way. After each next, take or leave moves over the value. It stops at a syntax
// error.
type cursor struct {
	rest    []byte // from the next token on; at the end, from the closing bracket on
	object  bool
	started bool
	broken  bool // the syntax is broken
	depth   int
	key     value // with its quotes

	folded [maxName]byte
}

// maxName bounds the names that matter, folded.
const maxName = 16

// members starts before the first member. A value that is not an object has none.
func (v value) members() cursor {
	if !v.isObject() {
		return cursor{rest: []byte("}"), object: true}
	}
	return cursor{rest: v[1:], object: true}
}

// elements starts before the first element of an array.
func (v value) elements() cursor { return cursor{rest: v[1:]} }

// next moves to the next value, and reports whether there is one.
func (c *cursor) next() bool {
	if c.broken {
		return false
	}
	b := skipSpace(c.rest)
	c.rest = b
	if len(b) > 0 && (c.object && b[0] == '}' || !c.object && b[0] == ']') {
		return false
	}
	if c.started {
		if len(b) == 0 || b[0] != ',' {
			return c.fail()
		}
		b = skipSpace(b[1:])
	}
	c.started = true
	if c.object {
		if len(b) == 0 || b[0] != '"' {
			return c.fail()
		}
		end := scanString(b)
		if end < 0 {
			return c.fail()
		}
		c.key = b[:end]
		if b = skipSpace(b[end:]); len(b) == 0 || b[0] != ':' {
			return c.fail()
		}
		b = skipSpace(b[1:])
	}
	c.rest = b
	return true
}

func (c *cursor) fail() bool {
	c.broken = true
	return false
}

// take returns the value; nil if its syntax is broken.
func (c *cursor) take() value {
	end := scanValue(c.rest, c.depth+1)
	if end < 0 {
		c.fail()
		return nil
	}
	v := c.rest[:end]
	c.rest = c.rest[end:]
	return v
}

// atObject reports whether the value is an object.
func (c *cursor) atObject() bool { return value(c.rest).isObject() }

// enter starts before the first member of the value, which is an object. When its members have been
// read, leave moves after it.
func (c *cursor) enter() cursor { return cursor{rest: c.rest[1:], object: true, depth: c.depth + 1} }

func (c *cursor) leave(inner *cursor) {
	if c.broken = inner.broken; !c.broken {
		c.rest = inner.rest[1:]
	}
}

// finished reports whether the container was complete, and nothing follows it but white space.
func (c *cursor) finished() bool { return !c.broken && len(skipSpace(c.rest[1:])) == 0 }

// name returns the name of the member without regard to case, dashes and underscores: in lower
// case, without the others. One that is longer than maxName is empty.
func (c *cursor) name() []byte {
	key := c.key[1 : len(c.key)-1]
	if bytes.IndexByte(key, '\\') >= 0 {
		key, _ = jsontext.AppendUnquote(nil, c.key) // it fails for invalid UTF-8, which no name has
	}
	n := 0
	for _, b := range key {
		switch {
		case b == '-' || b == '_':
			continue
		case n == maxName:
			return nil
		case b >= 'A' && b <= 'Z':
			b += 'a' - 'A'
		}
		c.folded[n] = b
		n++
	}
	return c.folded[:n]
}
