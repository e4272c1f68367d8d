package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// fileTexts are the texts of the errors of a file.
func fileTexts() lang.Phrases {
	return lang.Phrases{ //nolint:gosec // texts about secrets
		"  → hongyan dead show tells more; hongyan dead retry handles it again": "  → hongyan dead show 查看详情，hongyan dead retry 重新处理",
		"%d tests, %d failed, %.2f s": "%d 个测试，%d 个失败，用时 %.2f 秒",
		"%q can never get %s: rule %d, %q, comes first and takes all of them": "%q 永远收不到 %s：前面的规则 " +
			"%d（%q）把它们全部处理了",
		"%q can never run: rule %d, %q, comes first and takes all of its messages; move it before that one": "%q 永远不会执行：前面的规则 " +
			"%d（%q）处理了它能匹配的全部消息；请把它移到那条规则之前",
		"%q has no port from 0 to 65535: write 127.0.0.1:8080": "%q 没有 0 到 65535 " +
			"的端口：写成 127.0.0.1:8080",
		"it is a path inside the data directory, such as tables/orders.%s": "要写数据目录之内的路径，例如 tables/orders.%s",
		"the file ends in .%s": "文件名要以 .%s 结尾",
		"the whole day is quiet: nothing proactive would ever go there; leave some of it": "全天都是静默时间，主动消息永远发不到那里；请留出一段",
		"%q is neither default nor unlimited":                                             "%q 既不是 default 也不是 unlimited",
		"%q is neither true nor false":                                                    "%q 既不是 true 也不是 false",
		"%q is none of %s%s":                                                              "%q 不在可选值之中：%s%s",
		"%q is not %s%s":                                                                  "%q 不是 %s%s",
		"%q is not a day: write 2026-01-31":                                               "%q 不是日期：写成 2026-01-31",
		"%q is not a duration: write 90s, 5m, 1h30m or 7d":                                "%q 不是时长：写成 90s、5m、1h30m 或 7d",
		"%q is not a host: write 127.0.0.1:8080":                                          "%q 不是主机：写成 127.0.0.1:8080",
		"%q is not a host: write files.example.com or 10.0.0.5:9000": "%q 不是主机：写成 " +
			"files.example.com 或 10.0.0.5:9000",
		"%q is not a limit: write a number from 1 on, or off": "%q 不是上限：写 1 以上的数字，或 off",
		"%q is no time: write one above 0, or off":            "%q 不是时长：写大于 0 的，或 off",
		"%q is not a network":                                 "%q 不是网段",
		"%q is not a size: write 900, 10KB, 1.5MB or 2GB": "%q 不是大小：写成 " +
			"900、10KB、1.5MB 或 2GB",
		"%q is not a time of the day: write 22:00":   "%q 不是一天中的时刻：写成 22:00",
		"%q is not a time zone: write Asia/Shanghai": "%q 不是时区：写成 Asia/Shanghai",
		"%q is not a wxid: hongyan contacts lists them": "%q 不是 wxid：用 hongyan " +
			"contacts 查看",
		"%q is not an address": "%q 不是地址",
		"%q is not an address such as https://bot.example.com": "%q 不是 " +
			"https://bot.example.com 这样的地址",
		"%q is not an address with a port: write 127.0.0.1:8080": "%q 不是带端口的地址：写成 " +
			"127.0.0.1:8080",
		"%q is not an age: write 10m or 2h, or off for messages of every age": "%q 不是消息时效：写成 10m 或 " +
			"2h；写 off 表示不限",
		"%q is not off: write off, or rounds, pause and mute below loop_guard": "%q 不是 off：要么写 " +
			"off，要么在 loop_guard 下写 rounds、pause 和 mute",
		"%q is not one of text, image, file, link and the other messages of docs/en/messages.md%s": "%q 不是消息类型：可以是 " +
			"text、image、file、link，以及 docs/zh/messages.md 里的其他类型%s",
		"%q is not the id of a group, which ends in @chatroom: list people in %s": "%q 不是群 id（群 id 以 " +
			"@chatroom 结尾）：人请写在 %s 里",
		"%q is not the id of a group: hongyan groups lists them": "%q 不是群 id：用 hongyan " +
			"groups 查看",
		"%q is not the name of a group":                         "%q 不是群名",
		"%q is the id of a group: list it in %s":                "%q 是群 id：请写在 %s 里",
		"%q is the name of rule %d, too: give one another name": "规则 %[2]d 已经叫 %[1]q：请给其中一条换个名字",
		"%s  %s of %s in %s: no answer": "%s  %[3]s 在 %[4]s 发的 " +
			"%[2]s：没有回应",
		"%s belongs into one of the steps":          "%s 应当写在某一个步骤里",
		"%s could not be told: %v":                  "没能通知 %s：%v",
		"%s has changed":                            "%s 有改动",
		"%s has said nothing that could be revoked": "%s 没有说过可以撤回的话",
		"%s is gone":                                "%s 已去掉",
		"%s is in the future: write when the account began to use the service": "%s 在将来：请写账号开始使用这个服务的日期",
		"%s is new":                                          "新增 %s",
		"%s is taken: a plugin is at %s instead":             "%s 已被占用：插件改用 %s",
		"%s is the name of %s, too: give one another name":   "%[2]s 已经叫 %[1]s：请另取一个名字",
		"%s run -c bot.yaml --sim":                           "%s run -c bot.yaml --sim",
		"%s test -c bot.yaml":                                "%s test -c bot.yaml",
		"%s%q is in line %d, too":                            "%s%q 在第 %d 行已经写过",
		"%s%v; pkg.go.dev/regexp/syntax lists what there is": "%s%v；语法见 pkg.go.dev/regexp/syntax",
		"%s: %q is not possible here; there are %s%s":        "%s: 这里不能写 %q；可以写 %s%s",
		"%s: %q: %v; it is looked up again every minute":     "%s: %q：%v；每分钟会再查一次",
		"%s: %s has changed: %v":                             "%s: %s 有改动：%v",
		"%s: %s has changed: that holds after a restart":     "%s: %s 有改动：重启后生效",
		"%s: %v while the file was read":                     "%s: 读取文件时%v",
		"%s: %v, to %s":                                      "%s: %v，发往 %s",
		"%s: in order":                                       "%s: 没有问题",
		"%s: it is not seen when the file is saved: %v; SIGHUP and the command reload have the bot read it": "%s: " +
			"无法得知文件何时保存：%v；改完后用 SIGHUP 或 hongyan reload 让机器人重新读取",
		"%s: more than one document: a bot is one file": "%s: 含有多个 YAML 文档：一个机器人只用一个",
		"%s has %s, too: write another port":            "%s 已经用了 %s：换一个端口",
		"%s: no tests: docs/en/tests.md shows how to write them": "%s: 没有测试：写法见 " +
			"docs/zh/tests.md",
		"%s: not reloaded: what was read before holds": "%s: 没有重新加载，继续用原来的配置",
		"%s: the allow lists have changed":             "%s: 白名单有改动",
		"%s: the bot would hear nobody: it has no allow:\n  → write allow: {groups: [a group], people: [a friend]}; " +
			"docs/en/config.md tells more": "%s: 机器人谁的消息都不会听：没有写 allow:\n  → 加上 allow: {groups: [群名], people: [好友]}；详见 docs/zh/config.md",
		"%s: the environment variable %s is not set: its name stands for its value": "%s: 环境变量 %s 没有设置：用它的名字代替",
		"%s: the file is empty: docs/en/config.md shows what to write": "%s: 文件是空的：写法见 " +
			"docs/zh/config.md",
		"%s: the file is larger than %d MB: is it a bot's file?": "%s: 文件超过 %d MB：这是机器人的配置文件吗？",
		"%s: the file is not YAML that can be read":              "%s: 文件不是可读的 YAML",
		"%s: the gateway has changed":                            "%s: 网关有改动",
		"%s: the history has changed":                            "%s: 聊天记录的设置有改动",
		"%s:%d: the key %s is called %s now, and the next version will not know the old name: write %s: %s": "%s:%d：键 %s 现在叫 " +
			"%s，下一版不再认旧名：请改成 %s: %s",
		"%s:%d: the key %s is called %s now, and the next version will not know the old " +
			"name: write %s: {%s: %s}": "%s:%d：键 " +
			"%s 现在叫 %s，下一版不再认旧名：请改成 %s: {%s: %s}",
		"%s is called %s now, and the file has both":            "%s 现在叫 %s，而文件里两个都有",
		"limits.quiet_hours says the same: leave one out":       "limits.quiet_hours 说的是同一件事：请去掉一个",
		"listen and answer say the same: write those, or allow": "listen、answer 说的是同一件事：写它们，或者写 allow",
		"%s:1: the bot would do nothing: the file has no rules; docs/en/config.md shows how to write one": "%s:1: " +
			"机器人什么也不会做：文件里没有规则；写法见 docs/zh/config.md",
		"%skeys and values are expected here, such as {%s: …}": "%s这里应当是键和值，例如 {%s: …}",
		"%v\n  → hongyan run -c %s --sim plays the file on a simulator, without an account or a token": "%v\n  → " +
			"没有账号和令牌也能试：hongyan run -c %s --sim 在模拟器上运行这个文件",
		"; hongyan plugins show %s lists the keys":                                "；用 hongyan plugins show %s 查看有哪些键",
		"; docs/en/rules.md lists the keys":                                       "；有哪些键见 docs/zh/rules.md",
		"; docs/en/tests.md lists the keys":                                       "；有哪些键见 docs/zh/tests.md",
		"; docs/en/config.md lists the keys":                                      "；有哪些键见 docs/zh/config.md",
		"unknown field %q%v":                                                      "未知的键 %q%v",
		"%v, or off":                                                              "%v，或 off",
		"%v; --help lists the commands":                                           "%v；--help 列出全部命令",
		"--as and --in go with --say":                                             "--as 和 --in 要和 --say 一起用",
		"--begins is for --sim: a real account has no other clock":                "--begins 只用于 --sim：真实账号不能改时钟",
		"--say needs the file of the bot: -c FILE":                                "--say 需要机器人的配置文件：-c FILE",
		"--sim and --data do not go together: a bot on a simulator keeps nothing": "--sim 和 --data 不能一起用：模拟器上的机器人不保存数据",
		"1 answer: answers by keywords":                                           "1 answer：按关键词回答",
		"2 forward: sends files on to another group":                              "2 forward：把文件转发到另一个群",
		"3 welcome: greets newcomers":                                             "3 welcome：欢迎新人",
		"4 friends: accepts friends by a password":                                "4 friends：凭口令加好友",
		"5 remind: timed messages and reminders":                                  "5 remind：定时消息和提醒",
		"6 assistant: a language model":                                           "6 assistant：接大模型",
		"; did you mean %s?":                                                      "；是不是想写 %s",
		"Address at which the service reaches the bot":                            "服务商访问机器人的公网地址",
		"FAIL  %s (%s)":                                                           "失败  %s（%s）",
		"In which groups? Their names, with commas":                               "在哪些群里？写群名，用逗号分隔",
		"Key of the model; Enter if you have none yet":                            "大模型的密钥，现在没有就按回车",
		"Language 语言 (zh/en)":                                                     "语言 Language (zh/en)",
		"OTEL_RESOURCE_ATTRIBUTES: %v":                                            "OTEL_RESOURCE_ATTRIBUTES：%v",
		"Service (videosapi/gewe/gewechat)":                                       "服务商 (videosapi/gewe/gewechat)",
		"The file was not reloaded; what was read before holds.\n%s":              "配置没有生效，继续用原来的。\n%s",
		"To which group do the files go?":                                         "文件转到哪个群？",
		"Token of the service; Enter if you have none yet":                        "服务的令牌，现在没有就按回车",
		"What for? One or several, with commas":                                   "做什么用？可多选，用逗号分隔",
		"Wxid of the person in charge; Enter for none":                            "负责人的 wxid，没有就按回车",
		"a %v has no default":                                                     "%v 没有默认值",
		"a NUL byte: the file is not a text; %v":                                  "有 NUL 字节，不是文本文件；%v",
		"a filter is \"cut 50\" or \"default \"text\"\"":                          "过滤器写成 cut 50 或 default \"文字\"",
		"a friend request waits: enough were accepted":                            "有好友申请在等待：今天通过的已经够多",
		"a noncharacter of Unicode: delete it":                                    "Unicode 非字符：请删除",
		"a rule has failed":                                                       "规则执行失败",
		"a tab begins the line or a value: YAML is indented with spaces":          "行首或值的开头是制表符：YAML 只能用空格缩进",
		"an expression cannot have %v":                                            "表达式里不能有%v",
		"and %d routes more":                                                      "还有 %d 条路由",
		"app: %q is not a module path: write mybot, or example.com/mybot": "app: %q 不是模块路径：写成 mybot 或 " +
			"example.com/mybot",
		"app: %s is a directory: name the file in it, such as %s":                             "app: %s 是目录：请写里面的文件，例如 %s",
		"app: %s is there already: nothing was written; hongyan init needs another directory": "app: %s 已经存在：什么也没有写；请给 hongyan init 换一个目录",
		"app: %v; hongyan init DIR writes a first file, with its tests":                       "app: %v；hongyan init DIR 可以生成第一个配置文件，附带测试",
		"app: --group: %q is not the name of a group":                                         "app: --group: %q 不是群名",
		"app: --to: files would go from %s to itself":                                         "app: --to: 文件会从 %s 转给它自己",
		"app: a mark stands for a secret that is not known: load the page anew":               "app: 有一个标记代表的密钥已经失效：请重新打开页面",
		"app: a test reaches nothing outside: write web: {%q: …} for what it answers":         "app: 测试不访问外部：用 web: {%q: …} 写明它回答什么",
		"app: an old version cannot be removed: %v":                                           "app: 旧版本无法删除：%v",
		"app: held sends: %v":                                                               "app: 待放行的发送：%v",
		"app: no account is known yet; list it in accounts":                                 "app: 还不知道任何账号；请在 accounts 里列出",
		"app: no bot has answered: is it running, and with this store?":                     "app: 没有机器人应答：它在运行吗？用的是同一个数据目录吗？",
		"app: no friend and no group has this name; it is taken for an id":                  "app: 没有好友或群叫这个名字，按 id 处理",
		"app: requests to reload: %v":                                                       "app: 重新加载的请求：%v",
		"app: the accounts of the bot mean different chats: it can be %s or %s; use the id": "app: 机器人的几个账号对应不同的会话：可能是 %s 或 %s；请写 id",
		"app: the answer to a request to reload: %v":                                        "app: 对重新加载请求的应答：%v",
		"app: the bot got no message":                                                       "app: 机器人没有收到消息",
		"app: the file cannot be written: %v":                                               "app: 文件无法写入：%v",
		"app: the file was changed meanwhile":                                               "app: 文件在此期间被改过",
		"app: the request to reload: %v":                                                    "app: 重新加载的请求：%v",
		"app: the version before cannot be kept: %v":                                        "app: 上一版无法保留：%v",
		"app: there is no plugin %q%s; hongyan plugins lists them":                          "app: 没有插件 %q%s；用 hongyan plugins 查看",
		"app: version %s does not exist":                                                    "app: 没有版本 %s",
		"cd %s":                                                                             "cd %s",
		"curl \"%s/sim/messages?after=0\"":                                                  "curl \"%s/sim/messages?after=0\"",
		"curl %s/sim/messages -d '{\"from\":\"wxid_alice\",\"to\":\"%s\",\"kind\":\"text\",\"text\":\"你好\"}'": "curl " +
			"%s/sim/messages -d '{\"from\":\"wxid_alice\",\"to\":\"%s\",\"kind\":\"text\",\"text\":\"你好\"}'",
		"cut needs a number of characters from 1 on, not %s": "cut 后面要写字数（至少 1），而不是 %s",
		"dead letter %d, given up after %d tries: %v":        "死信 %d，试了 %d 次后放弃：%v",
		"default needs a text in double quotes, not %s":      "default 后面要写双引号里的文字，而不是 %s",
		"events and per must both be positive":               "events 和 per 都必须为正数",
		"give either the KEY of a past message, which the log calls event, or --say TEXT": "二选一：过去某条消息的 " +
			"KEY（日志里的 event），或 --say TEXT",
		"go mod tidy && go test ./...": "go mod tidy && go " +
			"test ./...",
		"go run . schema > bot.schema.json has editors know the plugin greeter, too": "go run . schema > " +
			"bot.schema.json 可以让编辑器也认识插件 greeter",
		"in which group? write in:, too": "在哪个群？请同时写 in:",
		"it has %d bytes, and needs %d: openssl rand -hex 12 makes one": "只有 %d 字节，至少要 %d " +
			"字节：openssl rand -hex 12 可以生成一个",
		"it has characters that .env cannot hold: letters, digits and _.:/+=@%,- are possible": "含有 .env " +
			"写不了的字符：只能用字母、数字和 _.:/+=@%,-",
		"it is less than nothing: write how long a message may wait for its turn, such as 12h": "不能为负：写消息最多等多久，例如 12h",
		"it is missing": "没有写",
		"it is missing, and public or hosts let others reach the console":                          "没有写，而 public 或 hosts 让别人也能打开控制台",
		"it is missing: write the wxid of a person":                                                "没有写：请写一个人的 wxid",
		"it says that nobody gets the alarm as a message, and owner names somebody: leave one out": "它说谁都不收告警消息，owner 却写了人：请去掉一个",
		"it is missing: name a directory for the recording":                                        "没有写：请写录制用的目录",
		"it is missing: say what the test shows":                                                   "没有写：请写这个测试要说明什么",
		"it is missing: write 127.0.0.1:8090":                                                      "没有写：写成 127.0.0.1:8090",
		"it is missing: write the token, or ${HONGYAN_TOKEN}, or sim: true to try the bot without an account": "没有写：填令牌，或 " +
			"${HONGYAN_TOKEN}；没有账号时写 sim: true 试用",
		"it is missing: write where the servers are, such as nats://10.0.0.1:4222": "没有写：请写服务器地址，例如 " +
			"nats://10.0.0.1:4222",
		"it is negative: leave it out for the default": "不能为负：去掉就用默认值",
		"it is negative: no file could be fetched":     "不能为负：那样任何文件都取不到",
		"it is not a plain http or https URL":          "不是普通的 http 或 https 地址",
		"it is not a plain http or https URL: write http://10.0.0.5:2532/download/": "不是普通的 http 或 https " +
			"地址：写成 http://10.0.0.5:2532/download/",
		"it is not an http or https URL: write https://bot.example.com": "不是 http 或 https " +
			"地址：写成 https://bot.example.com",
		"it is not on a line of its own: change it in the text of the file": "它不是单独一行：请直接改文件",
		"it is one of the groups that they come from":                       "它就是文件来源的群之一",
		"it is shorter than a second: the bot could not keep its messages":  "短于一秒：机器人保不住自己的消息",
		"loops such as any and filter":                                      " any、filter 之类的循环",
		"messages would go in a circle here, too, and in %d rules before this one that are not listed: mend those " +
			"first that are": "这里的消息也会循环转发，前面还有 %d 条没列出的规则也是：请先改列出的",
		"messages would go in a circle; take one of its chats out of in or to: " +
			"%s": "消息会循环转发；请从 in 或 to 里去掉其中一个会话：%s",
		"more than %d levels of nesting: close the brackets, or indent less": "嵌套超过 %d " +
			"层：请补上括号，或减少缩进",
		"no bot has kept anything in %s: name its data directory with --data, or its configuration file with --config": "%s " +
			"里没有机器人的数据：用 --data 指定数据目录，或用 --config 指定配置文件",
		"no chat has the tag%s: write tags: [%s] for " +
			"one": "没有会话带这个标签%s：给某个会话写 tags: [%s]",
		"no chat has the tag%s: write tags: [%s] for one in " +
			"chats": "没有会话带这个标签%s：在 chats 里给某个会话写 tags: [%s]",
		"no message in %s has the words %q":  "%s 里没有含 %q 的消息",
		"no plugin of the file serves at %s": "文件里没有插件在 %s 提供服务",
		"nobody and no group is called %q":   "没有人也没有群叫 %q",
		"not everybody may do what administrators may: name " +
			"them": "不能让所有人都做管理员的事：请写明是谁",
		"not forwarded: the same was forwarded before": "没有转发：同样的内容已经转发过",
		"not reloaded: what was read before holds":     "没有重新加载，继续用原来的配置",
		"nothing fills {{.%s}}":                        "{{.%s}} 没有值",
		"nothing fills {{.%s}}; there are %s, and the named groups of a regexp": "{{.%s}} " +
			"没有值；可以用 %s，以及正则表达式的命名分组",
		"nothing is known of the message %s; the key is what the log calls event. A message without an answer is noted " +
			"for %.0f hours, of a flood only a part; one that still waits is not (hongyan inbox stats), nor what a bot on " +
			"a simulator has seen.\n  → hongyan explain -c FILE --say TEXT tries a text": "没有消息 %s 的记录；编号是日志里的 event。没有回应的消息记录 " +
			"%.0f 小时，刷屏时只记一部分；还在排队的不算（hongyan inbox stats），模拟器上机器人看到的也不算。\n  → 用 " +
			"hongyan explain -c FILE --say TEXT 试一句话",
		"nothing is sent": "什么也不发",
		"ok    %s":        "通过  %s",
		"one value is expected here, not a list or a section":                       "这里应当是一个值，不是列表或小节",
		"phone needs the key in: in which chat does the owner of the account type?": "phone 需要 in：账号主人在哪个会话里打字？",
		"ranges": "区间",
		"regular expressions that are not written in quotes":                          "不写在引号里的正则表达式",
		"rounds, pause and mute must be positive; write loop_guard: off to have none": "rounds、pause 和 mute 必须为正数；不要就写 loop_guard: off",
		"rules: %s: %s: the bot has no owners: name them in owners":                   "rules: %s：%s：机器人没有负责人：请写在 owners 里",
		"rules: the bot has no data directory: set data: in the file":                 "rules: 机器人没有数据目录：请在配置里写 data:",
		"rules: call: the URL answers HTTP %d":                                        "rules: call: 对方返回 HTTP %d",
		"rules: call: the URL cannot be used":                                         "rules: call: 这个地址不能用",
		"rules: call: the response broke off: %v":                                     "rules: call: 应答中断：%v",
		"rules: call: the response is longer than %d bytes":                           "rules: call: 应答超过 %d 字节",
		"rules: call: the response is not {\"reply\": \"…\"}":                         "rules: call: 应答不是 {\"reply\": \"…\"}",
		"rules: more than %d invitations in a day: nobody is invited":                 "rules: 一天内的邀请超过 %d 次：不再邀请",
		"rules: nobody can be asked: name the people in charge in owners":             "rules: 没有人可以问：请把负责人写在 owners 里",
		"rules: the message has no sender to act on":                                  "rules: 消息没有可以操作的发送者",
		"save the file as UTF-8":                                                      "请把文件另存为 UTF-8",
		"the alias *%s has no anchor &%s before it":                                   "别名 *%s 前面没有锚点 &%s",
		"the aliases repeat more than %d values":                                      "别名展开超过 %d 个值",
		"the byte 0x%02X is not UTF-8: %v":                                            "字节 0x%02X 不是 UTF-8：%v",
		"nobody is in charge of the bot: send “bind %s” to its account in private, within 10 minutes, to be the " +
			"one": "机器人还没有负责人：10 分钟内私聊给它的账号发“绑定 %s”，就成为负责人",
		"the console: %s": "控制台：%s",
		"the environment variable %s is not set: set it, or fill in .env and load it: set -a; . ./.env; set +a " +
			"(for the text itself, write $${%s})": "环境变量 %s 没有设置：设置它，或者填好 .env 再载入：set -a; . ./.env; set +a（要写这几个字本身请用 $${%s}）",
		"the expression is longer than %d bytes: make several rules of it": "表达式超过 %d 字节：请拆成几条规则",
		"the file has no plugin owner, whose commands these are: write plugins: {owner: " +
			"{}}": "这些是插件 ow" +
			"ner 的命令，而文件里没有它：请写 plugins: {owner: {}}",
		"the file has no section for the plugin, so it is on nowhere: write plugins: " +
			"{%s: …}; hongyan plugins show %s has an example": "文件里没有这个插" +
			"件的配置，所以它在哪里都没开：请写 plugins: {%s: …}；hongyan plugins show %s 有例子",
		"the key belongs to the plugin owner now, and the next version will not know it " +
			"here: write plugins: {owner: {may_switch: [%s]}}": "这个键现在属于插" +
			"件 owner，下一版不再认这里的写法：请写 plugins: {owner: {may_switch: [%s]}}",
		"the key is called owners now, at the top of the file, and the next version will " +
			"not know it here: write owners: [%s]": "这个键现在叫 o" +
			"wners，写在文件最上面，下一版不再认这里的写法：请写 owners: [%s]",
		"the file is encoded in GBK (GB18030): %v":                    "文件是 GBK（GB18030）编码：%v",
		"the file is encoded in UTF-16 without a byte order mark: %v": "文件是没有字节顺序标记的 UTF-16 编码：%v",
		"the file is encoded in UTF-16: %v":                           "文件是 UTF-16 编码：%v",
		"the file names no owners: write owners: [wxid_…]":            "文件里没有写负责人：写 owners: [wxid_…]",
		"the function %s": "函数 %s",
		"the gateway is at http://%s, and http://%s/docs lists what it can do":          "网关在 http://%s，能做什么见 http://%s/docs",
		"the key %q is in line %d, too":                                                 "键 %q 在第 %d 行已经写过",
		"the message was revoked: nothing is done":                                      "消息已撤回：不做任何事",
		"the rule is gone: nothing is done":                                             "规则已去掉：不做任何事",
		"the rules and plugins are the same":                                            "规则和插件没有变化",
		"the service refuses to forward it: it is sent as a new one":                    "服务商不肯转发：改为重新发一份",
		"the simulator is at %s; try it:":                                               "模拟器在 %s，试一试：",
		"the whole day is quiet: no proactive send would ever go out; leave some of it": "全天都是安静时段：主动发送永远出不去；请留出一些时间",
		"there is no file %q: paths begin where the bot was started":                    "没有文件 %q：路径从启动机器人的目录算起",
		"there is no filter %s: there are cut and default":                              "没有过滤器 %s：只有 cut 和 default",
		"there is no line %s":                                                           "没有 %s 这一行",
		"there is no plugin %q%s; hongyan plugins lists them":                           "没有插件 %q%s；用 hongyan plugins 查看",
		"time does not go back":                                                         "时间不会倒流",
		"what does the answer say? write say:, too":                                     "回答是什么？请同时写 say:",
		"{{ without }}: close it, as in {{.Text}}":                                      "有 {{ 没有 }}：写完整，例如 {{.Text}}",
		"{{%s}} is not a placeholder: write one name such as {{.SenderName}}, with filters such as {{.Text | cut 50}}; " +
			"there are no conditions, loops or calls": "{{%s}} 不是占位符：写一个名字，例如 {{.SenderName}}，可以带过滤器，例如 {{.Text | cut 50}}；没有条件、循环和调用",
		"{{%s}}: the text in quotes is broken":                       "{{%s}}：引号里的文字不完整",
		"{{}} is empty: write a placeholder such as {{.SenderName}}": "{{}} 是空的：写占位符，例如 {{.SenderName}}",
	}
}
