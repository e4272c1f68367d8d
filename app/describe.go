package app

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/texts"
	"github.com/hongyan-go/hongyan/plugin"
)

// Schema is the JSON Schema of a file with the plugins of a registry, by which editors complete and
// check the file. The keys are described in the language, zh or en.
func Schema(known *plugin.Registry, language string) ([]byte, error) {
	root := conf.Schema(reflect.TypeFor[schema]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = titleOfSchema
	plugins := conf.Object{}
	for _, name := range known.Names() {
		definition, _ := known.Lookup(name)
		section := conf.Schema(configType(definition))
		section["description"] = definition.Summary
		plugins[name] = conf.Object{"oneOf": []any{section, conf.Object{"type": "array", "items": section}}}
		if definition.Was != "" {
			plugins[definition.Was] = conf.Object{"deprecated": true, "$ref": "#/properties/plugins/properties/" + name}
		}
	}
	properties, _ := root["properties"].(conf.Object)
	properties["plugins"] = conf.Object{"type": "object", "properties": plugins, "additionalProperties": false}
	for old := range moved() {
		section, key := properties, old
		if above, below, found := strings.Cut(old, "."); found {
			outer, _ := properties[above].(conf.Object)
			section, _ = outer["properties"].(conf.Object)
			key = below
		}
		section[key] = conf.Object{"deprecated": true}
	}
	if l, ok := lang.Parse(language); ok {
		describe(root, texts.In(l))
	}
	return json.MarshalIndent(root, "", "  ")
}

const titleOfSchema = "A bot of hongyan"

// describe translates what a schema says to people, and what the schemas in it say.
func describe(v any, p *lang.Printer) {
	switch v := v.(type) {
	case conf.Object:
		for key, inner := range v {
			if text, ok := inner.(string); ok && (key == "description" || key == "title") {
				v[key] = p.Word(text)
			} else {
				describe(inner, p)
			}
		}
	case []any:
		for _, inner := range v {
			describe(inner, p)
		}
	}
}

// Field describes a key of the section of a plugin.
type Field struct {
	Key      string   `json:"key"`  // with the sections around it: links.allow
	Type     string   `json:"type"` // in words: duration, list of texts …
	Default  string   `json:"default,omitempty"`
	Help     string   `json:"help,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Required bool     `json:"required,omitempty"`
}

// Fields describes the section of a plugin.
func Fields(d plugin.Definition) []Field {
	all := conf.Fields(configType(d))
	fields := make([]Field, len(all))
	for i, f := range all {
		fields[i] = Field(f)
	}
	return fields
}

func configType(d plugin.Definition) reflect.Type { return reflect.TypeOf(d.Config()).Elem() }
