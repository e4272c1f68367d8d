package push_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/internal/push"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		words string
		who   push.Mention
	}{
		"":                                       {},
		"Alice : hi":                             {},
		"Alice在群聊中@了你":                           {"在群聊中@了你", push.Me},
		"Alice在群聊中提到了你":                          {"在群聊中提到了你", push.Me},
		"Alice在群聊中@了所有人。":                        {"在群聊中@了所有人", push.All},
		"在群聊中@了你":                                {},
		"Alice mentioned you in a group chat.":   {"mentioned you in a group chat", push.Me},
		"Alice Mentioned everyone in the group ": {"Mentioned everyone in the group", push.All},
		"Alice mentioned @all":                   {"mentioned @all", push.All},
		"Alice mentioned you to Bob":             {},
		"Bob mentioned you在群聊中@了所有人":             {"在群聊中@了所有人", push.All},
	} {
		words, who := push.Words(text)
		assert.Equal(t, want.words, words, text)
		assert.Equal(t, want.who, who, text)
	}
	assert.True(t, push.Announces("Alice mentioned you to Bob"))
	assert.False(t, push.Announces("Alice : hi"))
}
