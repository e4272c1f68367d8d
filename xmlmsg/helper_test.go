package xmlmsg_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// sample returns a content from testdata.
func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(b)
}

// samples returns the names of all contents in testdata.
func samples(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.xml")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var all []string
	for _, name := range names {
		all = append(all, sample(t, filepath.Base(name)))
	}
	return all
}

func parseApp(content string) xmlmsg.Payload {
	return xmlmsg.Parse(xmlmsg.Message{Type: 49, Content: content})
}

// app returns an app message of the given type with additional elements.
func app(appType, more string) string {
	return "<msg><appmsg><title>t</title><type>" + appType + "</type>" + more + "</appmsg></msg>"
}
