package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestQuietHoursOfChats: a file says when chats are quiet, for one or by a tag, and a person in
// charge changes it.
func TestQuietHoursOfChats(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{}.Parse("bot.yaml", []byte(`service: {sim: true}
owners: [erin]
rules: [{name: r, on: text, in: [A, B, C], keyword: 在吗, reply: 在}]
plugins:
  owner: {}
  schedule: {at: "23:00", to: [A, B, C], text: 晚安}
chats:
  A: {quiet_hours: 22:00-08:00}
  B: {tags: [客户]}
  C: {tags: [客户], quiet_hours: "off"}
  "tag:客户": {quiet_hours: "21:00-07:00"}
tests:
  - name: a chat, a tag, and one that has its own
    steps:
      - {at: "23:01", expect: [{to: C, reply: 晚安}]}
      - {say: 在吗, in: A, expect: [{reply: 在}]}
      - {at: "06:59", expect: nothing}
      - {at: "07:01", expect: [{to: B, reply: 晚安}]}
      - {at: "08:01", expect: [{to: A, reply: 晚安}]}
  - name: a person in charge changes it
    steps:
      - {say: /静默 关 A, as: erin, expect: [{reply: A：没有静默时段。}]}
      - {say: /静默 22:30-06:00 C, as: erin, expect: [{reply: "C：每天 22:30-06:00 不主动发，只回答；到点再发。"}]}
      - {at: "23:01", expect: [{to: A, reply: 晚安}]}
      - {at: "06:01", expect: [{to: C, reply: 晚安}]}
      - {say: /静默 默认 A, as: erin, expect: [{to: erin, reply: A：按配置文件。}]}
`))
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	for _, r := range results {
		assert.True(t, r.OK, "%s: %v", r.Name, r.Lines)
	}

	_, err = app.Reader{}.Parse("bot.yaml", []byte(`service: {sim: true}
rules: [{name: r, on: text, reply: rule}]
chats:
  A: {quiet_hours: 00:00-24:00}
  B: {quiet_hours: night}
`))
	require.ErrorContains(t, err, "bot.yaml:4")
	require.ErrorContains(t, err, "bot.yaml:5")
}
