package broadcast

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/table"
	"github.com/hongyan-go/hongyan/router"
)

// Targets is a list of recipients. A list of chats may stand for it.
type Targets struct {
	Chats []string       `yaml:"chats" of:"chats" help:"Groups and friends by id or unique name."`
	Label string         `yaml:"label" help:"The friends with this label."`
	Name  *regexp.Regexp `yaml:"name" help:"The groups whose name this regular expression matches."`
	CSV   string         `yaml:"csv" help:"A file of the data directory: chats, and columns that fill the text."`
	NotIn []string       `yaml:"not_in" of:"chats" help:"Chats that are left out."`
}

// UnmarshalShortList reads the chats.
func (t *Targets) UnmarshalShortList(values []string) error {
	t.Chats = values
	return nil
}

// check returns the mistakes in a list; field is where it is.
func (t *Targets) check(field string) error {
	switch {
	case len(t.Chats) == 0 && t.Label == "" && t.Name == nil && t.CSV == "":
		return &plugin.FieldError{Field: field, Err: errors.New("it names nobody: write chats, a label, a name or csv")}
	case t.Name != nil && t.Name.MatchString(""):
		return &plugin.FieldError{Field: field + ".name", Err: errors.New("it matches every group")}
	}
	return nil
}

// fields are what fills the text of a recipient.
func (t *target) fields() map[string]string {
	values := map[string]string{"GroupName": t.Name, "Name": t.Name}
	maps.Copy(values, t.Values)
	return values
}

// targetError is what is wrong with a list, for the one who has named it.
type targetError struct{ error }

// finding collects the recipients of a list, each once.
type finding struct {
	p       *part
	c       *router.Context
	left    map[string]bool // the ids that are left out, or found
	targets []target
}

// resolve is who is on a list now.
func (p *part) resolve(c *router.Context, list Targets) ([]target, error) {
	f := &finding{p: p, c: c, left: map[string]bool{}}
	for _, name := range list.NotIn {
		id, err := f.find(name)
		if err != nil {
			return nil, err
		}
		f.left[id] = true
	}
	for _, name := range list.Chats {
		if err := f.name(name, nil); err != nil {
			return nil, err
		}
	}
	for _, more := range []func(Targets) error{f.named, f.labelled, f.rows} {
		if err := more(list); err != nil {
			return nil, err
		}
	}
	return f.targets, nil
}

func (f *finding) find(name string) (string, error) {
	id, err := f.p.h.Contacts().Find(f.c, f.c.Account(), name)
	if err != nil {
		return "", &targetError{err}
	}
	return id, nil
}

// add adds a recipient, with the values of its row.
func (f *finding) add(id string, values map[string]string) {
	if !f.left[id] {
		f.left[id] = true
		f.targets = append(f.targets, target{ID: id, Name: f.p.h.Contacts().Contact(f.c, f.c.Account(), id), Values: values})
	}
}

func (f *finding) name(name string, values map[string]string) error {
	id, err := f.find(name)
	if err == nil {
		f.add(id, values)
	}
	return err
}

// named adds the groups whose name matches.
func (f *finding) named(list Targets) error {
	if list.Name == nil {
		return nil
	}
	book := f.p.h.Contacts()
	all, err := book.List(f.c, f.c.Account())
	if err != nil {
		return err //nolint:wrapcheck // it says what failed
	}
	for _, id := range all.Chatrooms {
		if list.Name.MatchString(book.Contact(f.c, f.c.Account(), id)) {
			f.add(id, nil)
		}
	}
	return nil
}

// labelled adds the friends with the label.
func (f *finding) labelled(list Targets) error {
	if list.Label == "" {
		return nil
	}
	ids, err := plugin.Labelled(f.c, f.p.h, f.c.Account(), list.Label)
	if errors.Is(err, plugin.ErrNoLabel) {
		return &targetError{err}
	}
	for _, id := range ids {
		f.add(id, nil)
	}
	return err //nolint:wrapcheck // it says what failed
}

const maxValues = 128 << 10 // bytes of all cells of a file, which are kept until the end of the run

// rows adds the chats of the file.
func (f *finding) rows(list Targets) error {
	if list.CSV == "" {
		return nil
	}
	names, rows, err := table.Read(f.p.h.Path(list.CSV), maxTargets)
	if err != nil {
		return &targetError{err}
	}
	size := 0
	for _, row := range rows {
		values := map[string]string{}
		for j, cell := range row[1:] {
			values[names[j+1]] = cell
			size += len(names[j+1]) + len(cell)
		}
		if size > maxValues {
			return &targetError{fmt.Errorf("文件 %s 的内容超过 %d KB", list.CSV, maxValues>>10)}
		}
		if err := f.name(row[0], values); err != nil {
			return &targetError{fmt.Errorf("文件 %s 里的“%s”：%w", list.CSV, plugin.CleanText(row[0], maxTitle), err)}
		}
	}
	return nil
}

// listed are the names of all lists.
func (p *part) listed() []string { return slices.Sorted(maps.Keys(p.c.Targets)) }
