package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// loginTexts are the texts of the login.
func loginTexts() lang.Phrases {
	return lang.Phrases{ //nolint:gosec // texts about secrets
		"%v, or the account may not log in now: scan with the phone of %s (%s), which used it last, or log the other " +
			"account in with a new device: %v": "%v；也可能是该账号暂时不能登录：请用上次使用该设备的 %s（%s）的手机扫码，或者给另一个账号用新设备登录：%v",
		"%v: give the appId of one: %s": "%v：请指定其中一个 appId：%s",
		"login: Config.Client and Config.State are required: without a state the device would be lost": "login: Config.Client 和 " +
			"Config.State 必填：没有 State 会丢失设备",
		"login: a device that is new needs a scan on its second day": "login: 新设备第二天要再扫一次码",
		"login: a new device has no appId yet: give one of the two":  "login: 新设备还没有 appId：两者只能给一个",
		"login: no region: give the code of the account's home province, such as 310000 for Shanghai": "login: " +
			"没有地区：请写账号所在省份的代码，例如上海 310000",
		"login: nobody confirmed on the phone in time": "login: 手机上迟迟没有确认",
		"login: only a Mac has a slider: leave AutoSliding out, or log in as a Mac": "login: 只有 Mac 才有滑块：去掉 " +
			"AutoSliding，或以 Mac 登录",
		"login: several accounts are known":                                                 "login: 已知的账号不止一个",
		"login: the age of the account could not be noted: %v":                              "login: 账号的使用时间没能记下来：%v",
		"login: the code cannot be drawn: %v":                                               "login: 二维码画不出来：%v",
		"login: the device belongs to another account":                                      "login: 这个设备属于另一个账号",
		"login: the device cannot be read: %v":                                              "login: 设备读不出来：%v",
		"login: the device could not be remembered, note its appId %s: %v":                  "login: 设备没能记住，请记下 appId %s：%v",
		"login: the devices cannot be read: %v":                                             "login: 设备列表读不出来：%v",
		"login: the entry %q of the state is broken: give the appId yourself":               "login: 状态里的 %q 已损坏：请自己指定 appId",
		"login: the number was wrong too often: begin again, and type what the phone shows": "login: 数字错得太多：请重新开始，照手机上显示的输入",
		"login: the service cannot be reached: check the network and the base URL: %v":      "login: 连不上服务商：检查网络和服务地址：%v",
		"login: the service could not make a device: check the proxy, or use a region: %v":  "login: 服务商无法创建设备：检查代理，或指定地区：%v",
		"login: the service does not know the device %s: is the token that of the same service? Only if the device is " +
			"really gone, log in with a new device: %v": "login: 服务商不认识设备 %s：令牌属于同一个服务吗？设备确实没有了，才用新设备登录：%v",
		"login: the service does not take the token: get the current one from its console: %v": "login: 服务商不接受令牌：请到它的控制台取最新的：%v",
		"login: the service has an error of its own: wait, and try again: %v":                  "login: 服务商自身出错：稍后再试：%v",
		"login: the service made a device and did not say which: look for its appId in the console": "login: " +
			"服务商创建了设备，却没有告知是哪个：请到控制台查它的 appId",
		"login: the service refused, begin again with the same device: %v": "login: 服务商拒绝了，请用同一设备重新开始：%v",
		"login: there is no device type %q: use %s or %s":                  "login: 没有设备类型 %q：用 %s 或 %s",
	}
}
