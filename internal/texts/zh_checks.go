package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// checksTexts are the texts of the checks of what a bot needs.
func checksTexts() lang.Phrases {
	return lang.Phrases{ //nolint:gosec // texts about secrets
		"%d MB free": "剩余 %d MB",
		"%d message given up, as the handler failed too often":             "%d 条消息处理失败次数过多，已放弃",
		"%d message held until a person decides":                           "%d 条消息等待人工放行",
		"%d message may have been sent, or not":                            "%d 条消息不确定是否已发出",
		"%d messages given up, as the handler failed too often":            "%d 条消息处理失败次数过多，已放弃",
		"%d messages held until a person decides":                          "%d 条消息等待人工放行",
		"%d messages may have been sent, or not":                           "%d 条消息不确定是否已发出",
		"%d waiting, %d dead":                                              "待处理 %d，死信 %d",
		"%s answers with HTTP %d in place of 200":                          "%s 应当返回 200，却返回 HTTP %d",
		"%s answers; hongyan callback check asks the service to try it":    "%s 有应答；hongyan callback check 可以让服务商也试一次",
		"%s has %d MB of space left":                                       "%s 只剩 %d MB 空间",
		"%s is a loopback or private address: the service cannot reach it": "%s 是回环地址或内网地址，服务商访问不到",
		"%s redirects (HTTP %d), and the service does not follow":          "%s 会跳转（HTTP %d），而服务商不会跟着跳转",
		"%v: it speaks no TLS":                                             "%v：对方没有启用 TLS",
		"%v: its TLS certificate does not hold":                            "%v：TLS 证书无效",
		"%v: nothing listens at its address":                               "%v：该地址没有程序在监听",
		"%v: the DNS server does not answer for %s":                        "%v：DNS 服务器没有回答 %s",
		"%v: the name %s does not resolve":                                 "%v：域名 %s 无法解析",
		"%v: there is no route to it":                                      "%v：没有到它的路由",
		"a gateway answers in place of the service (HTTP %d)":              "应答的是网关，不是服务商（HTTP %d）",
		"account %s is %v since %s: %v":                                    "账号 %s 自 %[3]s 起处于%[2]v状态：%[4]v",
		"add the path and the secret of the bot: %s/callback/SECRET":       "补上路径和机器人的密钥：%s/callback/SECRET",
		"all accounts": "全部账号",
		"check callback.allow_from, the rules of the proxy, and that the bot knows its callback.public_url: the " +
			"service must be allowed": "检查 callback.allow_from、代理的规则，以及机器人是否知道自己的 callback.public_url：要放行服务商",
		"check that token and appId are of the same service; if the device is gone: hongyan login --new-device": "检查令牌和 " +
			"appId 是否属于同一个服务；设备确实没有了才用：hongyan login --new-device",
		"check the network and the base URL (service.base_url, HONGYAN_BASE_URL), or wait: the service may be " +
			"down": "检查网络和服务地址（service.base_url、HONGYAN_BASE_URL）；也可能是服务商故障，请稍等",
		"check the network, and the account's proxy if calls go through it; a send that takes too long ends as " +
			"unknown": "检查网络；账号走代理的话也检查代理；发送超时会变成“结果未知”",
		"check the token (HONGYAN_TOKEN, service.token), the network, and whether the gateway allows this " +
			"address": "检查令牌（HONGYAN_TOKEN、service.token）、网络，以及网关是否放行本机地址",
		"correct the base URL (service.base_url, HONGYAN_BASE_URL) and the provider: its path must end like " +
			"/finder/v2/api; else check the network": "改正服务地址（service.base_url、HONGYAN_BASE_URL）和服务商：路径要以 /finder/v2/api 这样的结尾；否则检查网络",
		"correct the base URL (service.base_url, HONGYAN_BASE_URL), or check the network and its " +
			"DNS": "改正服务地址（service.base_url、HONGYAN_BASE_URL），或检查网络和 DNS",
		"correct the name, or its DNS record": "改正域名，或它的 DNS 记录",
		"correct the path: it is /callback/SECRET unless callback.path says otherwise, and a proxy must pass it on " +
			"unchanged": "改正路径：没有设置 callback.path 时是 /callback/SECRET，代理要原样转发",
		"do what it says; hongyan backup made a copy, if you let it":                   "按提示处理；如果做过备份，可以用 hongyan backup 的副本",
		"get a certificate that browsers trust, or register the URL with http://":      "换用浏览器信任的证书，或者用 http:// 注册",
		"get the current one from its console, and set HONGYAN_TOKEN or service.token": "到服务商的控制台取最新的令牌，填到 HONGYAN_TOKEN 或 service.token",
		"hongyan dead list says why; then hongyan dead retry or drop": "用 hongyan dead list 查看原因，再用 hongyan dead " +
			"retry 或 drop",
		"hongyan login":                         "hongyan login",
		"hongyan login --reconnect --app-id %s": "hongyan login --reconnect --app-id %s",
		"hongyan outbox list --state held, then hongyan outbox release or drop KEY": "用 hongyan outbox list --state held 查看，再用 " +
			"hongyan outbox release 或 drop KEY",
		"hongyan outbox list --state unknown shows the keys; look into the chat, then hongyan outbox sent, resend or " +
			"drop KEY": "用 hongyan outbox list --state unknown 查看键；先看聊天里有没有，再用 hongyan outbox sent、resend 或 drop KEY",
		"hongyan outbox resume":                                        "hongyan outbox resume",
		"hongyan outbox resume, which removes it":                      "hongyan outbox resume 会删除它并恢复",
		"it does not let this bot through":                             "它不放行这个机器人",
		"it does not reach the service":                                "它连不上服务商",
		"it has been logged out":                                       "已被登出",
		"its sends are refused":                                        "发送被拒绝",
		"its sends get no proper answer":                               "发送得不到正常应答",
		"log in again with the same device: hongyan login --app-id %s": "用同一设备重新登录：hongyan login --app-id %s",
		"look for a firewall, an allow list (callback.allow_from) or a slow answer: it waits for three " +
			"seconds": "检查防火墙、白名单（callback.allow_from）和应答速度：服务商只等三秒",
		"look into its log, and at the space of its disk":                  "看机器人的日志，以及磁盘空间",
		"look into the log of the bot, and of the proxy before it":         "看机器人的日志，以及前面代理的日志",
		"make room: without it no message is accepted":                     "请腾出空间：没有空间就收不了消息",
		"no account is known":                                              "没有已知的账号",
		"no answer from %s within %s: NAT or a firewall":                   "%s 在 %s 内没有应答：多半是 NAT 或防火墙",
		"no callback URL is configured, and none was registered from here": "没有设置回调地址，也没有从本机注册过",
		"no callback arrives":                                              "收不到回调",
		"not known: %v":                                                    "未知：%v",
		"nothing is stored in %s yet":                                      "%s 里还没有数据",
		"nothing listens at %s":                                            "%s 没有程序在监听",
		"open the port, or forward it in the router; without a public address use a tunnel " +
			"(docs/en/operations.md)": "开放端口，或在路由器上转发；没有公网地址请用隧道（docs/zh/operations.md）",
		"register it again: hongyan callback set URL": "请重新注册：hongyan " +
			"callback set URL",
		"register the URL that it redirects to; often https:// in place of " +
			"http://": "注册它跳转到的地址；常见的是把 http:// 换成 https://",
		"register the URL with http://, or give the server a certificate": "用 http:// " +
			"注册，或给服务器装上证书",
		"registered %s on %s; hongyan callback check URL tries it": "%[2]s 注册了 " +
			"%[1]s；hongyan callback check URL 可以试一次",
		"sending is stopped by the file %s":      "文件 %s 让发送停止",
		"sending is stopped for %v since %s: %v": "%v 自 %s 起停止发送：%v",
		"set callback.public_url (HONGYAN_PUBLIC_URL), or run hongyan callback set URL": "设置 " +
			"callback.public_url（HONGYAN_PUBLIC_URL），或运行 hongyan callback set URL",
		"set it by NTP (timedatectl set-ntp true): late messages are told by it": "用 NTP " +
			"校时（timedatectl set-ntp true）：消息是否过时要靠它判断",
		"start the bot, and correct the upstream of the proxy": "启动机器人，并改正代理的上游地址",
		"start the bot, check that it listens there (listen, HONGYAN_LISTEN) and that the port is forwarded to " +
			"it": "启动机器人，检查它是否在那里监听（listen、HONGYAN_LISTEN），端口是否转发到它",
		"the TLS certificate of %s does not hold: self-signed, expired, or for another name": "%s 的 TLS " +
			"证书无效：自签、过期，或属于别的域名",
		"the URL answers from here, and the service does not reach it: %v": "从本机访问有应答，服务商却访问不到：%v",
		"the account is not online":                                        "账号不在线",
		"the account is offline":                                           "账号已离线",
		"the account is offline: %s":                                       "账号已离线：%s",
		"the account looks online, and nothing works: the session is dead": "账号看似在线，实际什么都做不了：会话已失效",
		"the answer of the service breaks off":                             "服务商的应答中断",
		"the bot cannot store what it gets (HTTP 503)":                     "机器人存不下收到的消息（HTTP 503）",
		"the bot tries it again by itself; if that does not help: hongyan login --reconnect --app-id " +
			"%s": "机器人会自己再试；不行再用：hongyan login --reconnect --app-id %s",
		"the bot, or a proxy before it, refuses this address (HTTP " +
			"403)": "机器人或前面的代理拒绝了这个来源（HTTP 403）",
		"the callback URL cannot be asked": "无法请求回调地址",
		"the callback URL has no path":     "回调地址没有路径",
		"the callback URL is not an http or https URL": "回调地址不是 http 或 " +
			"https 地址",
		"the clock of this machine and that of the service are %v apart": "本机时钟与服务商相差 %v",
		"the name %s does not resolve":                                   "域名 %s 无法解析",
		"the proxy at %s does not reach the bot (HTTP %d)":               "%s 的代理连不上机器人（HTTP %d）",
		"the secret in the URL is not that of the bot (HTTP " +
			"401)": "地址里的密钥不是机器人的（HTTP 401）",
		"the server at %s speaks no TLS":                                     "%s 的服务器没有启用 TLS",
		"the service cannot be reached":                                      "连不上服务商",
		"the service did not say":                                            "服务商没有说明",
		"the service did not tell the time":                                  "服务商没有给出时间",
		"the service does not answer in time":                                "服务商没有及时应答",
		"the service does not know the device %s":                            "服务商不认识设备 %s",
		"the service does not take the token: wrong or expired":              "服务商不接受令牌：写错了或已过期",
		"the service has an error of its own (HTTP %d)":                      "服务商自身出错（HTTP %d）",
		"the service refuses the call: %v":                                   "服务商拒绝了调用：%v",
		"the service refuses the question whether the account is online: %v": "服务商拒绝回答账号是否在线：%v",
		"the service takes it, but answers slowly: %v for a question that it answers at once as a " +
			"rule": "服务商接受令牌，但应答很慢：平时立刻能答的问题用了 %v",
		"there is a server at %s, but no bot under this path (HTTP %d)": "%s " +
			"有服务器，但这个路径下没有机器人（HTTP %d）",
		"there is no data directory":             "没有数据目录",
		"there is no service under the base URL": "服务地址下没有服务",
		"this system is not asked":               "没有问这个系统",
		"too many calls":                         "调用太多",
		"try again in a minute; if that stays, ask those who run the service": "一分钟后再试；一直这样就联系服务商",
		"use a public name or address, or a tunnel to this machine; docs/en/operations.md shows three " +
			"ways": "用公网域名或地址，或者用隧道连到本机；docs/zh/operations.md 有三种办法",
		"use the value of callback.secret, or HONGYAN_CALLBACK_SECRET, as the end of the path": "路径末尾要用 " +
			"callback.secret 或 HONGYAN_CALLBACK_SECRET 的值",
		"wait for the service; hongyan doctor tells " +
			"more": "等服务商恢复；hongyan doctor 可以进一步检查",
		"wait, and try again: the service may be down": "稍后再试：服务商可能故障",
		"write it like https://bot.example.com/callback/SECRET": "写成 " +
			"https://bot.example.com/callback/SECRET",
		"write the base URL with http:// (service.base_url, HONGYAN_BASE_URL)": "服务地址改用 " +
			"http://（service.base_url、HONGYAN_BASE_URL）",
	}
}
