package conf

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// The bounds of a file. The largest sensible file, with some 50,000 rules, stays below them; what
// is above them costs memory and time out of proportion.
const (
	MaxSize    = 16 << 20 // bytes of the file
	maxNesting = 64
	maxNodes   = 5 << 20 // with what aliases repeat
)

// checkNesting refuses a file that nests deeper than any bot needs, before the parser recurses into
// it.
func checkNesting(d *Document, tokens token.Tokens) error {
	var blocks []int // columns of the open block collections
	flow := 0
	for _, t := range tokens {
		switch t.Type { //nolint:exhaustive // the others do not nest
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(flow-1, 0)
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			if flow > 0 {
				break
			}
			column := t.Position.Column
			if t.Type == token.MappingValueType && t.Prev != nil {
				column = t.Prev.Position.Column
			}
			for len(blocks) > 0 && blocks[len(blocks)-1] >= column {
				blocks = blocks[:len(blocks)-1]
			}
			blocks = append(blocks, column)
		}
		if flow+len(blocks) > maxNesting {
			return d.at(t.Position.Line, phrase.Errorf("more than %d levels of nesting: close the brackets, or indent less", maxNesting))
		}
	}
	return nil
}

// aliases replaces the aliases of a document by what their anchors name.
type aliases struct {
	named map[string]ast.Node
	sizes map[string]int // nodes below an anchor, with what aliases repeat
}

// resolve returns the node without anchors and aliases, and how many nodes it has.
func (a *aliases) resolve(n ast.Node) (resolved ast.Node, size int, err error) {
	size = 1
	part := func(child ast.Node) ast.Node {
		if err != nil || child == nil {
			return child
		}
		var below int
		child, below, err = a.resolve(child)
		if size += below; err == nil && size > maxNodes {
			err = &lineError{n.GetToken().Position.Line, phrase.Errorf("the aliases repeat more than %d values", maxNodes)}
		}
		return child
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		value := part(n.Value)
		name := n.Name.GetToken().Value
		a.named[name], a.sizes[name] = value, size
		return value, size, err
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		value, known := a.named[name]
		if !known {
			return n, 1, &lineError{n.GetToken().Position.Line, phrase.Errorf("the alias *%s has no anchor &%s before it", name, name)}
		}
		return value, a.sizes[name], nil
	case *ast.MappingNode:
		for _, v := range n.Values {
			part(v)
		}
	case *ast.MappingValueNode:
		if value := part(n.Value); value != nil {
			n.Value = value
		}
	case *ast.SequenceNode:
		for i := range n.Values {
			n.Values[i] = part(n.Values[i])
		}
	}
	return n, size, err
}
