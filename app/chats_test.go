package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestPluginsPerChat: the sections chats and block decide what is on, and whom the bot hears.
func TestPluginsPerChat(t *testing.T) {
	t.Parallel()
	file, err := reader(newCounts()).Parse("bot.yaml", []byte(`service: {sim: true}
owners: [Bob]
rules: [{name: r, on: text, reply: rule}]
plugins:
  probe:
    - {text: first}
    - {name: second, text: second}
    - {name: never, text: never, enabled: false}
chats:
  A: {plugins: [probe]}
  B: {plugins: ["probe:second", "probe:never"]}
  C: {tags: [客户]}
  四群: {tags: [客户], plugins: [rules]}
  五群: {plugins: all, not: [rules, "probe:never"]}
  "tag:客户": {plugins: [rules, probe], not: [rules]}
block: [Carol, Bob]
tests:
  - {name: one, in: A, say: probe, expect: "first "}
  - {name: rules are off, in: A, say: hello, expect: nothing}
  - {name: one of a kind, in: B, say: probe, expect: "second "}
  - {name: by tag, in: C, say: probe, expect: "first "}
  - {name: not by tag, in: 四群, say: probe, expect: nothing}
  - {name: all but, in: 五群, say: probe, expect: "first "}
  - {name: elsewhere, say: probe, expect: rule}
  - {name: blocked, as: Carol, say: probe, expect: nothing}
  - {name: blocked in a group, as: Carol, in: A, say: probe, expect: nothing}
  - {name: owners cannot be blocked, as: Bob, say: probe, expect: rule}
`))
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, results, 10)
	for _, r := range results {
		assert.True(t, r.OK, "%s: %v", r.Name, r.Lines)
	}

	_, err = reader(newCounts()).Parse("bot.yaml", []byte(`service: {sim: true}
rules: [{name: r, on: text, reply: rule}]
chats:
  A: {plugins: [ruels]}
  B: {not: [probe]}
  "tag:x": {not: [rules]}
plugins:
  probe: [{text: a, in: [A]}, {text: b, in: [A]}]
`))
	require.EqualError(t, err, `bot.yaml:4: chats.A.plugins[0]: there is no plugin "ruels"; did you mean rules?; hongyan plugins lists them
bot.yaml:6: chats.tag:x: no chat has the tag: write tags: [x] for one
bot.yaml:8: plugins.probe[1].name: probe is the name of bot.yaml:8, too: give one another name`)
}

// TestTheLineThatDecided: in a chat, who is in charge sees of each plugin whether it is on, and the
// line of the file that says so; what was switched in a chat is shown as that, and survives.
func TestTheLineThatDecided(t *testing.T) {
	t.Parallel()
	file, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml", []byte(`owners: [老板]
allow: {everyone: true}
rules: [{name: hi, on: text, exact: 在吗, reply: 在}]
plugins:
  owner: {groups: [客户群, 同事群]}
  poll:
    may_start: all
    in: [同事群]
  watch:
    in: all
    words: [招标]
chats:
  客户群:
    tags: [客户]
    plugins: [owner, poll]
  同事群: {not: [watch]}
  "tag:客户":
    not: [rules]
tests:
  - name: 每个插件哪一行说了算
    steps:
      - in: 客户群
        as: 老板
        say: /开了什么
        expect: |-
          rules：关（配置里写明不在这里启用，bot.yaml:18）
          owner：开（在所有会话启用，bot.yaml:15）
          poll：开（配置里写明在这里启用，bot.yaml:15）
          watch：关（配置里写明不在这里启用，bot.yaml:15）
      - in: 同事群
        as: 老板
        say: /plugins
        expect: |-
          rules: on (it is on everywhere, bot.yaml:3)
          owner: on (it is on everywhere, bot.yaml:5)
          poll: on (it is configured to be here, bot.yaml:8)
          watch: off (it is configured not to be here, bot.yaml:16)
      - {in: 客户群, as: 老板, say: /关 poll 客户群, expect: [{contains: poll}]}
      - {in: 客户群, as: 老板, say: /开了什么, restart: true, expect: [{contains: ["poll：关（已在这里关闭）", "bot.yaml:18"]}]}
`))
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	for _, r := range results {
		assert.True(t, r.OK, "%s: %v", r.Name, r.Lines)
	}
}

// TestTagsInLists: tag:WORD in a list of chats stands for the chats with the tag.
func TestTagsInLists(t *testing.T) {
	t.Parallel()
	const text = `allow: {groups: ["tag:客户", 管理群]}
chats:
  客户一群: {tags: [客户]}
  客户二群: {tags: [客户, 大客户]}
rules:
  - {name: price, on: text, in: ["tag:大客户"], exact: 价格, reply: 八折}
  - {name: hours, on: text, not_in: ["tag:大客户"], exact: 价格, reply: 原价}
plugins:
  watch: {in: ["tag:客户"], words: [投诉], to: [管理群], wait: 1s}
tests:
  - {name: big, in: 客户二群, say: 价格, expect: 八折}
  - {name: other, in: 客户一群, say: 价格, expect: 原价}
  - {name: watched, in: 客户一群, say: 我要投诉, wait: 5s, expect: [{to: 管理群, contains: 投诉}]}
  - {name: not allowed, in: 别的群, say: 价格, expect: nothing}
`
	file, err := app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml", []byte(text))
	require.NoError(t, err)
	results, err := file.Test(t.Context(), nil)
	require.NoError(t, err)
	for _, r := range results {
		assert.True(t, r.OK, "%s: %v", r.Name, r.Lines)
	}
	_, err = app.Reader{Sim: true, Lookup: env(nil)}.Parse("bot.yaml",
		[]byte(strings.Replace(text, `in: ["tag:大客户"]`, `in: [客户一群, "tag:大客"]`, 1)))
	require.ErrorContains(t, err, "bot.yaml:6: rules[0].in[1]: no chat has the tag")
}
