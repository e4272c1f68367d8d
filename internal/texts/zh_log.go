package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// logTexts are the texts of the log.
func logTexts() lang.Phrases {
	return lang.Phrases{ //nolint:gosec // texts about secrets
		"%q is neither unlimited nor default":                                "%q 既不是 unlimited 也不是 default",
		"%q is not a duration: write 90s, 5m or 2h":                          "%q 不是时长：写成 90s、5m 或 2h",
		"%q is not a level of the log: write debug, info, warn or error":     "%q 不是日志级别：可以写 debug、info、warn 或 error",
		"%v; a program for a system without time zones imports time/tzdata":  "%v；系统没有时区数据时，程序可以导入 time/tzdata",
		"a callback could not be recorded":                                   "有一条回调没能录制",
		"a chat of a plugin is not known by its name: it is looked up again": "插件里的某个会话按名字找不到：会再查",
		"a function of OnFailure panicked":                                   "OnFailure 的函数发生 panic",
		"a handler does not come to an end: its conversation waits":          "某个处理函数迟迟不结束：它的会话在等待",
		"a job failed":                     "任务执行失败",
		"a job was given up for this time": "这一次的任务已放弃",
		"a job went on although another process had taken over: it did not look at its context in " +
			"time": "另一个进程已经接手，任务却仍在执行：它没有及时检查 context",
		"a name must not be empty, and not begin with " +
			"%q": "名字不能为空，也不能以 %q 开头",
		"a person is in charge now, by a code":                       "有人用绑定码成为负责人",
		"a wrong code was sent by who wants to be in charge":         "有人发来错误的绑定码",
		"a notice could not be delivered":                            "通知没能送达",
		"a plugin fails again and again, and cannot be switched off": "某个插件接连失败，却无法关闭",
		"a proxy passed the request on from another machine":         "请求是代理从别的机器转来的",
		"a schedule cannot go on, trying again":                      "定时无法继续，正在重试",
		"a schedule did not run: it is switched off":                 "定时没有执行：已被关闭",
		"a task has ended: a newer one takes its place, or it was " +
			"cancelled": "任务结束：有新的任务代替它，或者它已取消",
		"a task is due, and this program does not have it: it waits until it is registered; hongyan tasks list shows " +
			"it": "任务已到期，但程序里没有它：注册之后才会执行；hongyan tasks list 可以看到",
		"a task that is due could not be handed to the inbox, trying " +
			"again": "到期的任务没能放入收件箱，正在重试",
		"admin listener":                  "管理端口",
		"an alert could not be delivered": "告警没能送达",
		"an old message was not handled: max_age, Config.MaxAge or the MaxAge of its route says how old one may be; if " +
			"this machine's clock is wrong, set it": "旧消息没有处理：时效由 max_age、Config.MaxAge 或路由的 MaxAge 决定；如果是本机时钟不对，请校准",
		"bot is running": "机器人正在运行",
		"bot: %s can be reached from outside, and there is no secret: anybody could post messages; set " +
			"HONGYAN_CALLBACK_SECRET or callback.secret (openssl rand -hex 16 makes one)": "bot: 外部可以访问 %s，却没有设密钥：任何人都能投递消息；" +
			"请设置 HONGYAN_CALLBACK_SECRET 或 callback.secret（openssl rand -hex 16 可以生成）",
		"bot: %v; the data directory is set with data:, --data, HONGYAN_DATA or Config.Data": "bot: %v；数据目录由 " +
			"data:、--data、HONGYAN_DATA 或 Config.Data 设置",
		"bot: CancelTask: task %s: %v": "bot: " +
			"CancelTask: 任务 %s：%v",
		"bot: Config.Lease is %v: it must be at least %v": "bot: " +
			"Config.Lease 是 %v：至少要 %v",
		"bot: Config.MaxAttempts is %d: it must be positive": "bot: " +
			"Config.MaxAttempts 是 %d：必须为正数",
		"bot: Config.Parallel is %d: it must be positive": "bot: " +
			"Config.Parallel 是 %d：必须为正数",
		"bot: HONGYAN_ADMIN_HOSTS or admin.hosts: %v": "bot: " +
			"HONGYAN_ADMIN_HOSTS 或 admin.hosts：%v",
		"bot: Install: the plugin is nil": "bot: " +
			"Install: 插件是 nil",
		"bot: Later: task %s: %v": "bot: " +
			"Later: 任务 %s：%v",
		"bot: Later: the data of the task %s: %v": "bot: " +
			"Later: 任务 %s 的数据：%v",
		"bot: Later: the task %s (%s) takes data of the type %v, not %T": "bot: " +
			"Later: 任务 %s（%s）的数据类型是 %v，不是 %T",
		"bot: Later: there is no task %q: register it with Task, and name one of another plugin plugin/name": "bot: " +
			"Later: 没有任务 %q：先用 Task 注册；别的插件的任务写成“插件/名称”",
		"bot: Listen: an id is empty": "bot: " +
			"Listen: 有一个 id 是空的",
		"bot: Merge is for data of the type %v, and Later got %T": "bot: " +
			"Merge 的数据类型是 %v，Later 给的是 %T",
		"bot: Merge: the data that is there cannot be read: %v": "bot: " +
			"Merge: 已有的数据读不出来：%v",
		"bot: NewDry without an HTTPClient: it would call %s": "bot: " +
			"NewDry 没有 HTTPClient：会真的调用 %s",
		"bot: Run was called before: make a new bot": "bot: " +
			"已经调用过 Run：请新建一个机器人",
		"bot: Send: the message has no AppID: no event tells the account here": "bot: " +
			"Send: 消息没有 AppID：这里没有事件说明是哪个账号",
		"bot: Switch: neither a plugin nor a chat is named: Pause stops all sending": "bot: " +
			"Switch: 既没有写插件也没有写会话：要停止全部发送请用 Pause",
		"bot: a newer task of the same key takes the place of this one, or it was cancelled": "bot: " +
			"同一个键有了新任务，这个被代替；或者它已取消",
		"bot: cannot listen for callbacks: %v; set HONGYAN_LISTEN or callback.listen to a free address": "bot: " +
			"无法监听回调：%v；请用 HONGYAN_LISTEN 或 callback.listen 换一个空闲地址",
		"bot: cannot listen for the operator: %v; set HONGYAN_ADMIN or admin: to a free address, or to %s": "bot: " +
			"无法监听管理端口：%v；请用 HONGYAN_ADMIN 或 admin: 换一个空闲地址，或写 %s",
		"bot: dead letter: %v":             "bot: 死信：%v",
		"bot: environment variable %s: %v": "bot: 环境变量 %s：%v",
		"bot: no directory for downloads: set HONGYAN_DATA, data: in the config file, Config.Data or Config.Files.Dir": "bot: " +
			"没有下载目录：请设置 HONGYAN_DATA、配置文件的 data:、Config.Data 或 Config.Files.Dir",
		"bot: no plugin %s is installed": "bot: 没有安装插件 %s",
		"bot: no token: set HONGYAN_TOKEN or Config.Token, or Config.Simulator to try without an account": "bot: " +
			"没有令牌：请设置 HONGYAN_TOKEN 或 Config.Token；没有账号可以用 Config.Simulator 试用",
		"bot: not listening: %v": "bot: 没有在监听：%v",
		"bot: nothing can be reloaded: this program has set no OnReload": "bot: " +
			"没有可以重新加载的：程序没有设置 OnReload",
		"bot: panic": "bot: panic（程序崩溃）",
		"bot: plugin %s is installed already: give one another name": "bot: 插件 %s 已经安装：请另取一个名字",
		"bot: plugin %s is installed twice: give one another name":   "bot: 插件 %s 安装了两次：请另取一个名字",
		"bot: plugin %s: %v":                         "bot: 插件 %s：%v",
		"bot: plugin %s: it cannot listen at %s: %v": "bot: 插件 %s：无法监听 %s：%v",
		"bot: quiet plugins: %v":                     "bot: 安静的插件：%v",
		"bot: schedule %s: %v":                       "bot: 定时 %s：%v",
		"bot: schedule %s: the text has no recipient: name the target in At": "bot: 定时 %s：文字没有接收者：请在 At 里写明发给谁",
		"bot: shutting down":                 "bot: 正在关闭",
		"bot: task %s: %v":                   "bot: 任务 %s：%v",
		"bot: the admin listener failed: %v": "bot: 管理端口出错：%v",
		"bot: the admin listener on %s can be reached from outside, and asks for no secret: set HONGYAN_ADMIN_PUBLIC " +
			"or admin.public if a firewall guards it": "bot: 外部可以访问管理端口 %s，而它不要密钥：如果有防火墙保护，请设置 HONGYAN_ADMIN_PUBLIC 或 admin.public",
		"bot: the bot only listens to this chat: list it in allow, not only in allow.listen, to send to it": "bot: " +
			"机器人对这个会话只听不说：要往里发，请列在 allow 里，而不只是 allow.listen",
		"bot: the callback is registered, but that is not remembered: %v": "bot: 回调已注册，但没能记下来：%v",
		"bot: the callback path %s is where files are served: set another Callback.Path": "bot: 回调路径 %s " +
			"与文件服务的路径相同：请换一个 Callback.Path",
		"bot: the data of the task %s is not of the type %T that it has now: %v": "bot: 任务 %s 的数据不是现在的类型 %T：%v",
		"bot: the last registration of the callback cannot be read: %v":          "bot: 上次回调注册的记录读不出来：%v",
		"bot: the listener failed: %v":                                           "bot: 监听出错：%v",
		"bot: the message of the task %s cannot be read: %v":                     "bot: 任务 %s 的消息读不出来：%v",
		"bot: the new plugin is nil":                                             "bot: 新插件是 nil",
		"bot: the plugins are exchanged, but an old one was not closed in order": "bot: 插件已更换，但有旧插件没能正常关闭",
		"bot: the public URL (HONGYAN_PUBLIC_URL, callback.public_url or Config.Callback.PublicURL) is not an http or " +
			"https URL of a host: write it like https://bot.example.com": "bot: 公网地址（HONGYAN_PUBLIC_URL、callback.public_url 或 " +
			"Config.Callback.PublicURL）不是带主机名的 http 或 https 地址：写成 " +
			"https://bot.example.com",
		"bot: the secret of the callback cannot be kept: %v; set HONGYAN_CALLBACK_SECRET or callback.secret": "bot: " +
			"回调密钥无法保存：%v；请设置 HONGYAN_CALLBACK_SECRET 或 callback.secret",
		"bot: the secret of the callback cannot be read: %v; set HONGYAN_CALLBACK_SECRET or callback.secret": "bot: " +
			"回调密钥读不出来：%v；请设置 HONGYAN_CALLBACK_SECRET 或 callback.secret",
		"bot: what was typed on the phone: %v":                                        "bot: 手机上发出的消息：%v",
		"bot: which account answers in a group: %v":                                   "bot: 群里由哪个账号回答：%v",
		"bot: whom the bot listens to: %v":                                            "bot: 机器人听谁的：%v",
		"cannot look after an account, trying again soon":                             "无法检查账号，稍后重试",
		"cannot read the inbox, trying again":                                         "收件箱读取失败，正在重试",
		"dry run: a message was not sent":                                             "试运行：有一条消息没有真的发出",
		"failures could not be reported, trying again soon":                           "失败没能上报，稍后重试",
		"forms whose time is over could not be ended, trying again":                   "超时的表单没能结束，正在重试",
		"hongyan status and doctor will not know it":                                  "hongyan status 和 doctor 将看不到它",
		"it is not a URL such as http://localhost:4318":                               "不是 http://localhost:4318 这样的地址",
		"its function is %T: it must be a func(*bot.Task[Data]) error":                "它的函数是 %T：应当是 func(*bot.Task[Data]) error",
		"its function is a %v: it must be a func(*bot.Task[Data]) error, and not nil": "它的函数是 %v：应当是 func(*bot.Task[Data]) error，而且不能是 nil",
		"journal: the form is too large":                                              "journal: 表单太大",
		"journal: the result cannot be stored":                                        "journal: 结果无法保存",
		"journal: the stored form cannot be read":                                     "journal: 保存的表单读不出来",
		"message done: a gate dropped its answer":                                     "消息处理完毕：回答被闸丢弃",
		"message given up: it is in the dead letters":                                 "消息已放弃：在死信里",
		"message given up: no try can mend what failed":                               "消息已放弃：重试也没有用",
		"message waits for a person to decide about its send":                         "消息在等待：它的发送要由人决定",
		"monitor: Config needs a Store, Metrics and Online":                           "monitor: Config 需要 Store、Metrics 和 Online",
		"monitor: Config.Owners is set, but not Send, which would tell them":          "monitor: 设置了 Config.Owners，却没有用来通知的 Send",
		"monitor: not now":                                 "monitor: 现在不行",
		"monitor: the webhook is no URL":                   "monitor: webhook 不是地址",
		"monitor: the webhook is not an http or https URL": "monitor: webhook 不是 http 或 https 地址",
		"no secret is set for the callback: the bot has made one, and keeps it in its store": "没有设置回调密钥：机器人已自行生成，保存在数据目录里",
		"no token: this bot talks to a simulator; open it to see how to write to the bot":    "没有令牌：机器人连的是模拟器；打开它，看怎样给机器人发消息",
		"nothing was reloaded": "没有重新加载",
		"port 8900 is taken, perhaps by another simulator: this one has another port": "端口 8900 已被占用，可能是另一个模拟器：这个模拟器用别的端口",
		"reconnection was tried once":                                     "已尝试重连一次",
		"record: Config.Dir is empty: name a directory for the recording": "record: Config.Dir 是空的：请写录制用的目录",
		"record: TeeConfig.Record is not set: nothing would be kept":      "record: 没有设置 TeeConfig.Record：什么也不会保留",
		"record: the URL of the bot is not an http or https URL":          "record: 机器人的地址不是 http 或 https",
		"record: the recorder is closed":                                  "record: 录制已关闭",
		"schedule: %q never happens: no such day comes in five years":     "schedule: %q 永远不会发生：五年内没有这样的日子",
		"schedule: %q: %v; write five fields such as \"0 22 * * *\", or @daily, or \"@every 90m\"": "schedule: %q：%v；写五段，例如 \"0 22 " +
			"* * *\"，或 @daily、\"@every 90m\"",
		"schedule: %q: the zone is a setting of its own, not a part of the times": "schedule: %q：时区是单独的设置，不写在时间里",
		"schedule: Config.State is nil: a scheduler must know what has run": "schedule: Config.State 是 " +
			"nil：定时必须知道执行过什么",
		"schedule: a job needs a name of at most 200 bytes, %q has %d": "schedule: 任务名最多 200 字节，%q 有 %d 字节",
		"schedule: another process may have taken over":                "schedule: 可能已由另一个进程接手",
		"schedule: job %s does nothing: Run is nil":                    "schedule: 任务 %s 什么也不做：Run 是 nil",
		"schedule: job %s has no times: use Parse":                     "schedule: 任务 %s 没有时间：请用 Parse",
		"schedule: job %s panicked: %v\n%s":                            "schedule: 任务 %s 发生 panic：%v\n%s",
		"schedule: job %s: %v":                                         "schedule: 任务 %s：%v",
		"schedule: job %s: what is stored of it cannot be read: %v":    "schedule: 任务 %s：它的记录读不出来：%v",
		"schedule: job %s: what is wished of it cannot be read: %v":    "schedule: 任务 %s：对它的要求读不出来：%v",
		"schedule: the scheduler stops":                                "schedule: 定时停止",
		"schedule: there is a job %s already: give one another name":   "schedule: 已经有任务 %s：请另取一个名字",
		"schedule: there is no such schedule: hongyan schedules list shows the names": "schedule: 没有这个定时：用 hongyan " +
			"schedules list 查看名称",
		"shutting down": "正在关闭",
		"task: the earlier task is to be done first": "task: 要先做更早的任务",
		"task: too large": "task: 太大",
		"tasks that wait for their plugin could not be read, trying again":                "等待插件的任务读取失败，正在重试",
		"the HTTP listener of the plugin has ended":                                       "插件的 HTTP 监听已结束",
		"the Host is neither a loopback name nor the configured address of this listener": "Host 既不是回环地址，也不是这里设置的地址",
		"the account does not work":                                                       "账号不可用",
		"the account still does not work":                                                 "账号仍不可用",
		"the account works again":                                                         "账号已恢复",
		"the bot has registered no callback URL: set HONGYAN_PUBLIC_URL, or callback.public_url in the config file, or " +
			"do it by hand: hongyan callback set URL": "机器人没有注册回调地址：请设置 HONGYAN_PUBLIC_URL 或配置里的 " +
			"callback.public_url，也可以手工注册：hongyan callback set URL",
		"the browser says that another site made the request":                                         "浏览器说请求来自别的网站",
		"the callback URL is registered":                                                              "回调地址已注册",
		"the clock was ahead when a job ran last, and has been set back: its times count from now on": "任务上次执行时时钟偏快，现已拨回：从现在起重新计时",
		"the outcome of a message could not be stored, trying again":                                  "消息的结果没能保存，正在重试",
		"the outcome of a message could not be stored: it may be handled again":                       "消息的结果没能保存：可能会再处理一次",
		"the plugin %s does: give one of them another address":                                        "已被插件 %s 使用：请给其中一个换地址",
		"the plugin fails again and again, and is switched off everywhere; mend it, then switch it on: Bot.Switch, or " +
			"the owner command /开": "插件接连失败，已全部关闭；修好后再打开：Bot.Switch，或负责人命令 /开",
		"the public URL cannot be read":                           "公网地址读不懂",
		"the record of an account is broken, beginning a new one": "账号的记录已损坏，重新开始记录",
		"the request comes from a page of another origin":         "请求来自别的来源的页面",
		"the simulator got no report of an event":                 "模拟器没有收到事件的报告",
		"the store is in memory: what is not handled when the process dies is lost; set HONGYAN_DATA, or data: in the " +
			"config file, to keep it": "数据只在内存里：进程结束时没处理完的就丢了；要保留请设置 HONGYAN_DATA 或配置里的 data:",
		"the tasks that are due cannot be read, trying again":              "到期任务读取失败，正在重试",
		"there is another one of this name: give one another name":         "已经有一个同名的：请另取一个名字",
		"unanswered: nothing is known of this message":                     "unanswered: 没有这条消息的记录",
		"what an event tells of contacts could not be kept":                "事件里的联系人信息没能保存",
		"what an event tells of the accounts could not be kept":            "事件里的账号信息没能保存",
		"what is switched off cannot be read; what was read last holds":    "开关状态读取失败；继续用上次读到的",
		"why a message got no answer could not be kept":                    "消息为什么没有回应没能记下来",
		"worker: the grace period of the shutdown is over":                 "worker: 关闭的宽限时间已过",
		"worker: the process died each time that this message was handled": "worker: 每次处理这条消息时进程都崩溃",
		"write it like https://bot.example.com":                            "写成 https://bot.example.com",
	}
}
