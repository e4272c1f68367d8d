package suggest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/internal/suggest"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"reply", "forward", "keyword", "on", "in", "text", "private"}
	for word, want := range map[string]string{
		"repply": "reply", "Reply": "reply", "key_word": "keyword", "keywrod": "keyword", "forwards": "forward", "txt": "text",
		"colour": "", "xy": "", "": "", "priv": "",
	} {
		assert.Equal(t, want, suggest.Nearest(word, words), word)
	}
	assert.Equal(t, "; did you mean text?", suggest.Hint("txet", words).String())
	assert.Empty(t, suggest.Hint("colour", words).String())
}
