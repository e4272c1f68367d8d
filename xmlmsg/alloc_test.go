//go:build !race

package xmlmsg_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestAllocs checks the allocation ceilings. It does not run under the race detector, which itself
// allocates.
func TestAllocs(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts what the whole process allocates
	file, image, link := sample(t, "file.xml"), sample(t, "image.xml"), sample(t, "link.xml")
	record := recordOf(400)
	for name, test := range map[string]struct {
		ceiling float64
		f       func()
	}{
		"app type": {0, func() { sink = xmlmsg.AppType(file) == 6 }},
		"text": {1, func() {
			sink = xmlmsg.Parse(xmlmsg.Message{Type: 1, Content: "hi", Source: "<msgsource><silence>1</silence></msgsource>"})
		}},
		"file":                       {4, func() { sink = parseApp(file) }},
		"a chat record of 400 items": {20, func() { sink = parseApp(record) }},
		"link":                       {7, func() { sink = parseApp(link) }},
		"image":                      {4, func() { sink = xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: image}) }},
	} {
		test.f() // fills the pool
		assert.LessOrEqual(t, testing.AllocsPerRun(100, test.f), test.ceiling, name)
	}
}
