package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSeed bounds a world file in bytes.
const maxSeed = 1 << 20

// worldFile is a world in the form of a file.
type worldFile struct {
	Accounts []accountFile `yaml:"accounts"`
	Contacts []contactFile `yaml:"contacts"`
	Groups   []groupFile   `yaml:"groups"`
}

// accountFile is an account of a file.
type accountFile struct {
	AppID    string   `yaml:"app_id"`
	Wxid     string   `yaml:"wxid"`
	Nickname string   `yaml:"nickname,omitempty"`
	Online   *bool    `yaml:"online,omitempty"`
	Friends  []string `yaml:"friends"`
	Groups   []string `yaml:"groups"`
}

// contactFile is a person of a file.
type contactFile struct {
	Wxid      string `yaml:"wxid"`
	Nickname  string `yaml:"nickname,omitempty"`
	Remark    string `yaml:"remark,omitempty"`
	Alias     string `yaml:"alias,omitempty"`
	Sex       int    `yaml:"sex,omitempty"`
	Signature string `yaml:"signature,omitempty"`
	Country   string `yaml:"country,omitempty"`
	Province  string `yaml:"province,omitempty"`
	City      string `yaml:"city,omitempty"`
}

// groupFile is a group of a file.
type groupFile struct {
	ID      string       `yaml:"id"`
	Name    string       `yaml:"name,omitempty"`
	Owner   string       `yaml:"owner,omitempty"`
	Admins  []string     `yaml:"admins,omitempty"`
	Members []memberFile `yaml:"members"`
}

// memberFile is a member: a bare wxid, or a mapping with a display_name.
type memberFile struct{ Member }

// UnmarshalYAML reads both forms.
func (m *memberFile) UnmarshalYAML(decode func(any) error) error {
	var wxid string
	if decode(&wxid) == nil {
		m.Wxid = wxid
		return nil
	}
	var full struct {
		Wxid        string `yaml:"wxid"`
		DisplayName string `yaml:"display_name"`
	}
	if err := decode(&full); err != nil {
		return err
	}
	m.Member = Member{Wxid: full.Wxid, DisplayName: full.DisplayName}
	return nil
}

// MarshalYAML writes the short form if it says all.
func (m memberFile) MarshalYAML() (any, error) {
	if m.DisplayName == "" {
		return m.Wxid, nil
	}
	return struct {
		Wxid        string `yaml:"wxid"`
		DisplayName string `yaml:"display_name"`
	}{m.Wxid, m.DisplayName}, nil
}

// LoadWorld reads a world from YAML; docs/en/simulator.md has the format. Unknown keys and invalid
// worlds are errors, which name the line.
func LoadWorld(r io.Reader) (*World, error) {
	source, err := io.ReadAll(io.LimitReader(r, maxSeed+1))
	if err != nil {
		return nil, fmt.Errorf("simulator: world: %w", err)
	}
	if len(source) > maxSeed {
		return nil, fmt.Errorf("simulator: world: the file is larger than %d bytes", maxSeed)
	}
	var file worldFile
	if err := decodeYAML(source, &file); err != nil {
		return nil, fmt.Errorf("simulator: world: %w", err)
	}
	world := file.world()
	if err := world.check(); err != nil {
		return nil, fmt.Errorf("simulator: world: line %d: %w", lineOf(source, err), err)
	}
	return world, nil
}

// decodeYAML decodes strictly. It turns the panics of the library on some broken documents into
// errors.
func decodeYAML(source []byte, into any) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the file is not YAML that can be read: look for stray anchors (&), aliases (*) and tags (!)")
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(source), yaml.Strict())
	switch err := decoder.Decode(into); {
	case errors.Is(err, io.EOF):
		return errors.New("the file is empty: it needs accounts, contacts and groups")
	case err != nil:
		return errors.New(yamlProblem(err))
	}
	if err := decoder.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return errors.New("the file has more than one document")
	}
	return nil
}

func (f *worldFile) world() *World {
	w := &World{}
	for _, a := range f.Accounts {
		w.Accounts = append(w.Accounts, Account{
			AppID: a.AppID, Wxid: a.Wxid, Nickname: a.Nickname, Offline: a.Online != nil && !*a.Online, Friends: a.Friends,
			Groups: a.Groups,
		})
	}
	for _, c := range f.Contacts {
		w.Contacts = append(w.Contacts, Contact(c))
	}
	for _, g := range f.Groups {
		group := Group{ID: g.ID, Name: g.Name, Owner: g.Owner, Admins: g.Admins}
		for _, m := range g.Members {
			group.Members = append(group.Members, m.Member)
		}
		w.Groups = append(w.Groups, group)
	}
	return w
}

// yamlProblem returns one line for an error of the YAML library, whose own texts begin with
// "[line:column]".
func yamlProblem(err error) string {
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil {
		return fmt.Sprintf("line %d: %s", located.GetToken().Position.Line, located.GetMessage())
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}

// lineOf returns the line of a *worldError: that of the last element on its path that the file has.
func lineOf(source []byte, err error) (line int) {
	defer func() {
		if recover() != nil { // see decodeYAML
			line = 1
		}
	}()
	var at *worldError
	if !errors.As(err, &at) {
		return 1
	}
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		return 1
	}
	for path := at.path; path != ""; path = parentPath(path) {
		if node := find(file, path); node != nil {
			return node.GetToken().Position.Line
		}
	}
	return 1
}

func find(file *ast.File, path string) ast.Node {
	p, err := yaml.PathString("$." + path)
	if err != nil {
		return nil
	}
	node, err := p.FilterFile(file)
	if err != nil || node == nil || node.GetToken() == nil {
		return nil
	}
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return m.Values[0].Key // the token of a mapping is its first colon
	}
	return node
}

// parentPath removes the last element of a path such as "groups[0].members[1]".
func parentPath(path string) string {
	if i := strings.LastIndexAny(path, ".["); i > 0 {
		return path[:i]
	}
	return ""
}
