package reason

// The codes of the reasons. A sentence keeps its English words: stores have them.
const (
	WantsTyped      Code = "wants_typed"
	WantsKind       Code = "wants_kind"
	OffHere         Code = "off_here"
	SaysNo          Code = "says_no"
	ComesFirst      Code = "first"
	TooOld          Code = "too_old"
	Cooling         Code = "cooling"
	HearsOwn        Code = "hears_own"
	HearsBlocked    Code = "hears_blocked"
	HearsEveryone   Code = "hears_everyone"
	HearsAdmin      Code = "hears_admin"
	HearsAlso       Code = "hears_also"
	HearsGroup      Code = "hears_group"
	HearsPerson     Code = "hears_person"
	HearsOwner      Code = "hears_owner"
	HearsOnly       Code = "hears_only"
	HearsNot        Code = "hears_not"
	ChatPaused      Code = "chat_paused"
	OffEverywhere   Code = "off_everywhere"
	OtherAccounts   Code = "other_accounts"
	NoChat          Code = "no_chat"
	KeptQuiet       Code = "kept_quiet"
	SwitchedOn      Code = "switched_on"
	SwitchedOff     Code = "switched_off"
	ConfiguredOff   Code = "configured_off"
	OnEverywhere    Code = "on_everywhere"
	OnInGroups      Code = "on_groups"
	OnInPrivate     Code = "on_private"
	ConfiguredOn    Code = "configured_on"
	OffUnlessOn     Code = "off_unless_on"
	FailedOften     Code = "failed_often"
	Paused          Code = "paused"
	PauseFile       Code = "pause_file"
	StateSilent     Code = "state_silent"
	SendingStopped  Code = "sending_stopped"
	DelayedByGate   Code = "delayed_by_gate"
	GatePanicked    Code = "gate_panicked"
	GateSlow        Code = "gate_slow"
	GateReplaces    Code = "gate_replaces"
	ChatMuted       Code = "chat_muted"
	QuietHere       Code = "quiet_here"
	WouldSend       Code = "would_send"
	WouldDrop       Code = "would_drop"
	WouldHold       Code = "would_hold"
	WouldDelay      Code = "would_delay"
	SentAgain       Code = "sent_again"
	Dropped         Code = "dropped"
	DroppedMaybe    Code = "dropped_maybe"
	SeenToArrive    Code = "seen_to_arrive"
	ProcessEnded    Code = "process_ended"
	NobodyWaited    Code = "nobody_waited"
	CannotBeSent    Code = "cannot_be_sent"
	TurnTooLate     Code = "turn_too_late"
	LimitReached    Code = "limit_reached"
	ServicePause    Code = "service_pause"
	SendTo          Code = "send_to"
	MaybeSent       Code = "maybe_sent"
	RefusedKey      Code = "refused_key"
	GateDropped     Code = "gate_dropped"
	NotSent         Code = "not_sent"
	Pending         Code = "pending"
	Refused         Code = "refused"
	CallFailed      Code = "call_failed"
	CallFailedAt    Code = "call_failed_at"
	CallFailedAs    Code = "call_failed_as"
	AccountBroken   Code = "account_broken"
	StoppedHere     Code = "stopped_here"
	BudgetUsed      Code = "budget_used"
	MayHaveRun      Code = "may_have_run"
	StopFile        Code = "stop_file"
	WordOfList      Code = "word_of_list"
	UnheardGroup    Code = "unheard_group"
	UnheardPerson   Code = "unheard_person"
	UnheardRequest  Code = "unheard_request"
	CustomerNever   Code = "customer_never"
	CustomerWrote   Code = "customer_wrote"
	CustomerUnknown Code = "customer_unknown"
	StoreSilent     Code = "store_silent"
	StoreFails      Code = "store_fails"
	DiskFull        Code = "disk_full"
	AllStopped      Code = "all_stopped"
	StopUnknown     Code = "stop_unknown"
	TokenRefused    Code = "token_refused"
	AccountOffline  Code = "account_offline"
	AccountZombie   Code = "account_zombie"
	NoAnswerYet     Code = "no_answer_yet"
	DeadlineReached Code = "deadline_reached"
	Canceled        Code = "canceled"
)

// sentences are the reasons in both languages. Each %s is an argument, in the same order in both.
func sentences() map[Code]sentence {
	return map[Code]sentence{
		WantsTyped: {"wants what the owner types on the phone", "只要账号主人在手机上打的字"},
		WantsKind:  {"wants %s, this is %s", "要的是%s，这条是%s"},
		OffHere:    {"it is switched off in this chat", "在这个会话里已关闭"},
		SaysNo:     {"%s says no", "条件 %s 不符合"},
		ComesFirst: {"matches, but %s comes first", "符合，但前面的 %s 先处理"},
		TooOld: {
			"matches, but the message is %s old, and the route takes none above %s (max_age)",
			"符合，但消息已有 %s，超过这条规则的上限 %s（max_age）",
		},
		Cooling:        {"matches, but its cooldown runs until %s", "符合，但冷却时间还没过，要到 %s"},
		HearsOwn:       {"it is an account of the bot itself", "这是机器人自己的账号"},
		HearsBlocked:   {"the person is blocked", "这个人已被拉黑"},
		HearsEveryone:  {"everyone is on the allow list", "允许名单包括所有人"},
		HearsAdmin:     {"the person is an admin on the allow list", "这个人是允许名单里的管理员"},
		HearsAlso:      {"it was allowed while the bot ran", "运行中加进了允许名单"},
		HearsGroup:     {"the group is on the allow list", "这个群在允许名单里"},
		HearsPerson:    {"the person is on the allow list", "这个人在允许名单里"},
		HearsOwner:     {"the person is in charge of the bot", "这个人是机器人的负责人"},
		HearsOnly:      {"the bot only listens here: observers see it, and nobody answers", "机器人在这里只听：旁听的能看到，没有谁回复"},
		HearsNot:       {"the chat is not on the allow list", "这个会话不在允许名单里"},
		ChatPaused:     {"the chat is paused", "这个会话已暂停"},
		OffEverywhere:  {"it is switched off everywhere", "已在所有会话关闭"},
		OtherAccounts:  {"it is for other accounts", "只用于别的账号"},
		NoChat:         {"the event belongs to no chat", "这个事件不属于任何会话"},
		KeptQuiet:      {"%s keeps it quiet here until %s", "%s 让它在这里静默，直到 %s"},
		SwitchedOn:     {"it was switched on here", "已在这里打开"},
		SwitchedOff:    {"it was switched off here", "已在这里关闭"},
		ConfiguredOff:  {"it is configured not to be here", "配置里写明不在这里启用"},
		OnEverywhere:   {"it is on everywhere", "在所有会话启用"},
		OnInGroups:     {"it is on in all groups", "在所有群启用"},
		OnInPrivate:    {"it is on in all private chats", "在所有私聊启用"},
		ConfiguredOn:   {"it is configured to be here", "配置里写明在这里启用"},
		OffUnlessOn:    {"it is off where it is not switched on", "没有打开的地方都是关的"},
		FailedOften:    {"it was switched off after %s failures within %s (the last: %s)", "%s 次失败（%s 内）后自动关闭，最近一次：%s"},
		Paused:         {"paused: %s", "已暂停：%s"},
		PauseFile:      {"the file %s", "存在文件 %s"},
		StateSilent:    {"the state does not answer", "状态存储没有响应"},
		SendingStopped: {"sending is stopped: %s", "已停止发送：%s"},
		DelayedByGate:  {"delayed by the gate %s", "被闸 %s 推迟"},
		GatePanicked:   {"the gate %s panicked: %s", "闸 %s 崩溃：%s"},
		GateSlow:       {"the gate %s took longer than %s", "闸 %s 超过 %s 没有答复"},
		GateReplaces:   {"the gate %s replaces it by a message of another type", "闸 %s 想换成另一种类型的消息"},
		ChatMuted:      {"the chat is muted", "这个会话已静音"},
		QuietHere:      {"the plugin is quiet in this chat: %s has made it so", "插件在这个会话里静默：由 %s 设置"},
		WouldSend:      {"dry run: would be sent", "演练：会发出"},
		WouldDrop:      {"dry run: would be dropped: %s", "演练：会被放弃：%s"},
		WouldHold:      {"dry run: would be held: %s", "演练：会等待放行：%s"},
		WouldDelay:     {"dry run: would be %s", "演练：会%s"},
		SentAgain:      {"sent again by hand", "人工重新发送"},
		Dropped:        {"dropped by hand", "人工放弃"},
		DroppedMaybe:   {"dropped by hand; it may have been sent before", "人工放弃；之前可能已经发出"},
		SeenToArrive:   {"a person saw it arrive", "有人看到它已送达"},
		ProcessEnded:   {"the process ended while the request was under way", "请求进行中进程结束了"},
		NobodyWaited:   {"nobody waited for it any more: %s", "已经没有人等它了：%s"},
		CannotBeSent:   {"the ledger's copy cannot be sent: %s", "账本里的副本无法发送：%s"},
		TurnTooLate:    {"its turn did not come in time", "没有及时轮到"},
		LimitReached: {
			"outbox: the limit %s (%s) is reached until %s; to raise it is a decision: see docs/en/outbox.md",
			"已到上限 %s（%s），直到 %s；要不要调高由你决定，见 docs/zh/outbox.md",
		},
		ServicePause: {
			"outbox: the service asks for no more requests until %s: the account sends faster than the service allows; " +
				"lower the limits (docs/en/outbox.md)",
			"服务要求 %s 之前不要再请求：账号发得比服务允许的快，请调低上限（docs/zh/outbox.md）",
		},
		UnheardGroup: {
			"dropped a message: the bot does not listen to its sender; to change that add %s to allow.groups; " + allowHint,
			"丢弃了一条消息：机器人不听这个群；要听就把 %s 加到 allow.groups（HONGYAN_ALLOW、配置文件里的 allow:，或 Config.Allow）",
		},
		UnheardPerson: {
			"dropped a message: the bot does not listen to its sender; to change that add %s to allow.people; " + allowHint,
			"丢弃了一条消息：机器人不听这个人；要听就把 %s 加到 allow.people（HONGYAN_ALLOW、配置文件里的 allow:，或 Config.Allow）",
		},
		UnheardRequest: {
			"dropped a message: the bot does not listen to its sender; to change that set allow.friend_requests: true; " + allowHint,
			"丢弃了一条消息：机器人不听这个人；要处理好友申请就设 allow.friend_requests: true（HONGYAN_ALLOW、配置文件里的 allow:，或 Config.Allow）",
		},
		SendTo: {"router: send to %s: %s", "发给 %s：%s"},
		MaybeSent: {
			"outbox: %s may have been sent, or not: %s; look into the chat, " +
				"then hongyan outbox resend or drop %s, or sent if it has arrived",
			"接口 %s 可能已经发出，也可能没有：%s；请先看聊天记录，再用 hongyan outbox resend 或 drop %s，已送达就用 sent",
		},
		RefusedKey: {
			"outbox: %s refused: %s; it is not tried again under this key, hongyan outbox resend does",
			"接口 %s 拒绝了：%s；这个键不会自动再试，hongyan outbox resend 可以",
		},
		GateDropped:     {"outbox: %s dropped by the gate %s: %s", "接口 %s 的发送被闸 %s 放弃：%s"},
		NotSent:         {"outbox: %s not sent: %s", "接口 %s 没有发送：%s"},
		Pending:         {"outbox: %s is not sent yet, and stays in the queue: %s", "接口 %s 还没有发送，留在队列里：%s"},
		Refused:         {"outbox: refused: %s", "被拒：%s"},
		CallFailed:      {"api: %s failed (%s): %s", "接口 %s 失败（%s）：%s"},
		CallFailedAt:    {"api: %s failed (%s)", "接口 %s 失败（%s）"},
		CallFailedAs:    {"api: %s failed: %s", "接口 %s 失败：%s"},
		AccountBroken:   {"the account does not work: /readyz says more", "账号不能正常工作，详情见 /readyz"},
		StoppedHere:     {"stopped in the console", "在控制台停止"},
		BudgetUsed:      {"the limit of the hour or the day is used up", "本小时或今天的额度已经用完"},
		MayHaveRun:      {"%s; it may have been executed", "%s；可能已经执行"},
		StopFile:        {"STOP", "数据目录里有 STOP 文件"},
		WordOfList:      {"it has a word that must not go out", "含有不能发出的词"},
		CustomerNever:   {"crm: the customer has the label %s", "客户有标签 %s，不再主动打扰"},
		CustomerWrote:   {"crm: the customer has written since", "客户后来又说话了，不用再跟进"},
		CustomerUnknown: {"crm: the label of the customer could not be read", "读不到客户的标签，先留着"},
		StoreSilent:     {"the store does not answer", "存储没有响应"},
		StoreFails:      {"the store fails: %s", "存储出错：%s"},
		DiskFull:        {"the disk of the data directory is nearly full: %s MB left", "数据目录的磁盘快满了：只剩 %s MB"},
		AllStopped:      {"a person has stopped all sending", "有人暂停了全部发送"},
		StopUnknown:     {"whether sending is stopped is not known: %s", "不知道发送有没有暂停：%s"},
		TokenRefused:    {"the service refuses the token: set a valid one", "服务不认这个令牌：请换一个有效的"},
		AccountOffline:  {"account %s is offline", "账号 %s 已下线"},
		AccountZombie:   {"account %s is zombie", "账号 %s 假在线"},
		NoAnswerYet:     {"the service has not answered yet", "服务还没有回应过"},
		DeadlineReached: {"context deadline exceeded", "超时"},
		Canceled:        {"context canceled", "已中断"},
	}
}

// allowHint is that of package bot.
const allowHint = "set HONGYAN_ALLOW, allow: in the config file, or Config.Allow"
