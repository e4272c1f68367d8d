// Package args reads the words after a command into the fields of a struct.
package args

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Spec is a struct whose fields are arguments. Make it with Of.
type Spec struct {
	typ        reflect.Type
	positional []*arg
	flags      []*arg
	quoted     []*arg // what the command quotes
}

// arg is one argument.
type arg struct {
	index    int // of the field
	name     string
	help     string
	def      string
	hasDef   bool
	optional bool
	rest     bool
	list     bool
	pointer  bool
	enum     []string
	value    reader
	typ      reflect.Type // of the value, without pointer and list
}

// The types of arguments that are not known by their kind.
var (
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
	personType   = reflect.TypeFor[xmlmsg.Person]()
	payloadType  = reflect.TypeFor[xmlmsg.Payload]()
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// Of reads the fields of a struct. Its error says which field cannot be an argument.
func Of(t reflect.Type) (*Spec, error) {
	if t.Kind() != reflect.Struct || t == timeType || t == personType {
		return nil, fmt.Errorf("the arguments are a struct, and %s is none", t)
	}
	s := &Spec{typ: t}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("arg")
		if tag == "-" || !f.IsExported() && !f.Anonymous && !tagged {
			continue
		}
		if err := s.add(i, f, tag); err != nil {
			return nil, fmt.Errorf("the field %s of %s: %w", f.Name, t, err)
		}
	}
	return s, s.check()
}

// add adds the argument of a field.
func (s *Spec) add(index int, f reflect.StructField, tag string) error {
	switch {
	case f.Anonymous:
		return errors.New("it is embedded: name it")
	case !f.IsExported():
		return errors.New("it is not exported: begin its name with a capital letter")
	}
	words := strings.Split(tag, ",")
	a := &arg{index: index, help: f.Tag.Get("help"), typ: f.Type}
	a.name = cmp.Or(strings.TrimSpace(words[0]), a.help, f.Name)
	if strings.ContainsAny(a.name, " \t\r\n\u3000=:：") {
		a.name = f.Name
	}
	a.def, a.hasDef = f.Tag.Lookup("default")
	flag := false
	for _, w := range words[1:] {
		switch strings.TrimSpace(w) {
		case "optional":
			a.optional = true
		case "rest":
			a.rest = true
		case "flag":
			flag = true
		default:
			return fmt.Errorf("the tag arg has the word %q: it may have optional, rest and flag after the name", w)
		}
	}
	if values, ok := f.Tag.Lookup("enum"); ok {
		for v := range strings.SplitSeq(values, ",") {
			a.enum = append(a.enum, strings.TrimSpace(v))
		}
	}
	if a.typ.Implements(payloadType) {
		return s.addQuoted(a, flag)
	}
	if err := a.resolve(); err != nil {
		return err
	}
	if flag {
		a.optional = true
		s.flags = append(s.flags, a)
	} else {
		s.positional = append(s.positional, a)
	}
	return a.checkDefault(flag)
}

// addQuoted adds an argument that is the message which the command quotes.
func (s *Spec) addQuoted(a *arg, flag bool) error {
	if flag || a.rest || a.hasDef || len(a.enum) > 0 {
		return fmt.Errorf("%s is a message that the command quotes: it may only be optional", a.typ)
	}
	s.quoted = append(s.quoted, a)
	return nil
}

// resolve finds out how values of the field are read.
func (a *arg) resolve() error {
	if a.typ.Kind() == reflect.Pointer {
		a.pointer, a.optional, a.typ = true, true, a.typ.Elem()
	}
	if a.typ.Kind() == reflect.Slice && !reflect.PointerTo(a.typ).Implements(textType) {
		if a.pointer {
			return fmt.Errorf("%s is a pointer to a list: make it a list", a.typ)
		}
		a.list, a.typ = true, a.typ.Elem()
	}
	if a.value = readerOf(a.typ); a.value == nil {
		return fmt.Errorf("an argument cannot be a %s: use a string, a number, bool, time.Duration, time.Time, xmlmsg.Person, a list of "+
			"them, a message such as *xmlmsg.File, or a type with UnmarshalText", a.typ)
	}
	if a.rest && (a.list || a.typ.Kind() != reflect.String) {
		return errors.New("rest is for a string: a list that comes last has all the words anyhow")
	}
	return nil
}

func (a *arg) checkDefault(flag bool) error {
	if !a.hasDef {
		return nil
	}
	if flag && a.typ.Kind() == reflect.Bool {
		return errors.New("a flag of type bool has no default: it is true if it is there")
	}
	if a.typ == personType {
		return errors.New("a person has no default")
	}
	_, err := a.read([]word{{text: a.def}}, Input{})
	if err != nil {
		return fmt.Errorf("the default %q: %w", a.def, err)
	}
	return nil
}

// check reports arguments that could never be given.
func (s *Spec) check() error {
	names := map[string]bool{}
	for _, a := range s.flags {
		folded := matching.Fold(a.name)
		if names[folded] {
			return fmt.Errorf("two flags of %s are called %s", s.typ, a.name)
		}
		names[folded] = true
	}
	optional := ""
	for i, a := range s.positional {
		switch {
		case a.rest && i != len(s.positional)-1:
			return fmt.Errorf("%s of %s takes the rest of the text, but %s comes after it", a.name, s.typ, s.positional[i+1].name)
		case a.needed() && optional != "":
			return fmt.Errorf("%s of %s may be left out, but %s, which comes after it, may not", optional, s.typ, a.name)
		case !a.needed() && optional == "":
			optional = a.name
		}
	}
	return nil
}

// needed reports whether an argument must be there.
func (a *arg) needed() bool { return !a.optional && !a.hasDef }

// Usage is how the arguments are written: "<名字> [人数] [--匿名]".
func (s *Spec) Usage() string {
	var parts []string
	for _, a := range s.positional {
		name := a.name
		if a.list {
			name += "…"
		}
		if a.needed() {
			parts = append(parts, "<"+name+">")
		} else {
			parts = append(parts, "["+name+"]")
		}
	}
	for _, a := range s.flags {
		name := "--" + a.name
		if a.typ.Kind() != reflect.Bool {
			name += "=…"
		}
		parts = append(parts, "["+name+"]")
	}
	return strings.Join(parts, " ")
}

// Details has a line for each argument that needs more than its name: what it is, its default and
// its values.
func (s *Spec) Details(chinese bool) []string {
	var lines []string
	for _, list := range [][]*arg{s.positional, s.flags, s.quoted} {
		for _, a := range list {
			if line := a.details(chinese); line != "" {
				lines = append(lines, a.name+line)
			}
		}
	}
	return lines
}

func (a *arg) details(chinese bool) string {
	colon, or, def, quote := ": ", ", ", " (default: %s)", "quote this message"
	if chinese {
		colon, or, def, quote = "：", "、", "（默认：%s）", "引用这条消息"
	}
	var b strings.Builder
	if a.help != "" && a.help != a.name {
		b.WriteString(colon + a.help)
	}
	if len(a.enum) > 0 {
		b.WriteString(colon + strings.Join(a.enum, or))
	}
	if a.value == nil {
		b.WriteString(colon + quote)
	}
	if a.hasDef && a.def != "" {
		fmt.Fprintf(&b, def, a.def)
	}
	return b.String()
}
