// Package texts has the texts of the command line, of the errors that people see, and of the log on
// a terminal, in Chinese by the English that the code has. A test compares them with the code.
package texts

import (
	"maps"
	"sync"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/reason"
)

// tables are the phrases by area.
func tables() []lang.Phrases {
	return []lang.Phrases{
		checksTexts(), commandsTexts(), fileTexts(), helpTexts(), logTexts(), loginTexts(), systemTexts(),
		pluginsTexts(), morePluginsTexts(), laterPluginsTexts(), rulesTexts(), modelsTexts(), pluginErrorsTexts(), schemaTexts(),
		logPartsTexts(),
	}
}

// Phrases are all phrases. A phrase of several areas has one translation.
func Phrases() lang.Phrases {
	all := lang.Phrases{}
	for _, table := range tables() {
		maps.Copy(all, table)
	}
	return all
}

// catalogue is made once: it takes some milliseconds.
var catalogue = sync.OnceValue(func() *lang.Catalogue {
	c, err := lang.New(Phrases().Table())
	if err != nil { // a test makes it, too
		panic(err)
	}
	return c.Describing(described()...).Reading(reason.Chinese)
})

// In returns the printer of a language.
func In(l lang.Lang) *lang.Printer { return catalogue().In(l) }

// For returns the printer of the language that the environment asks for; lookup is os.LookupEnv.
func For(lookup func(name string) (string, bool)) *lang.Printer {
	return In(lang.FromEnvironment(func(name string) string {
		value, _ := lookup(name)
		return value
	}))
}
