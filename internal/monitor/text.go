package monitor

import (
	"cmp"
	"fmt"
	"time"
)

// alertOf describes the incident of an account, or its end.
func (m *Monitor) alertOf(a *account) Alert {
	r := a.record
	n := Alert{
		ID: r.ID, Event: "incident", Account: a.id, State: r.State, Cause: r.Cause, Since: r.Since, Ended: r.Ended,
		LastCallback: a.callback,
		Paused:       !a.paused.IsZero(),
	}
	if !r.Reconnected.Before(r.Since) {
		n.Reconnection = "failed"
		if r.Repaired {
			n.Reconnection = "worked"
		}
	}
	if r.Open {
		n.Text, n.TextZH = m.bad(&n)
		return n
	}
	n.Event = "recovery"
	took := r.Ended.Sub(r.Since).Round(time.Second)
	n.Text = fmt.Sprintf("Account %s works again. It did not work for %v (%s).", a.id, took, r.State)
	n.TextZH = fmt.Sprintf("账号 %s 已恢复。异常持续 %v（%s）。", a.id, took, stateZH(r.State))
	return n
}

// bad describes what is wrong, what was done, and what to do.
func (m *Monitor) bad(n *Alert) (en, zh string) {
	switch n.State {
	case Offline:
		en, zh = "is offline: it has been logged out.", "已离线（被登出）。"
	case Zombie:
		en, zh = "is a zombie: the service says that it is online, but it does not work.", "处于“假在线”状态：服务显示在线，实际不可用。"
	case Unknown, Online:
		en, zh = "is in an unknown state: the service does not answer.", "状态未知：服务没有响应。"
	}
	switch n.Cause {
	case CauseSends:
		en += fmt.Sprintf(" The last %d sends failed.", m.config.Failures)
		zh += fmt.Sprintf("最近连续 %d 次发送失败。", m.config.Failures)
	case CauseService:
		en += fmt.Sprintf(" The last %d sends had no proper answer.", m.config.Failures)
		zh += fmt.Sprintf("最近连续 %d 次发送没有得到正常应答。", m.config.Failures)
	case CauseSilence:
		last, lastZH := "None has come since the start.", "启动以来没有收到过回调。"
		if !n.LastCallback.IsZero() {
			at := n.LastCallback.In(m.daytime.Zone()).Format("15:04")
			last, lastZH = "The last one came at "+at+".", "最后一次是 "+at+"。"
		}
		en += " No callback arrives. " + last
		zh += "长时间没有回调。" + lastZH
	case CauseOffline:
	}
	if n.Paused {
		en += " Its sending is paused."
		zh += "该账号的发送已暂停。"
	}
	by := "hongyan login --app-id " + n.Account
	if m.config.LoginPage != nil && n.Reconnection != "worked" && n.State != Unknown {
		n.Login = m.config.LoginPage(n.Account)
		by = cmp.Or(n.Login, by)
	}
	switch n.Reconnection {
	case "worked":
		en += " A reconnection was tried once, and the service says that it worked."
		zh += "已尝试重连一次，服务称成功。"
	case "failed":
		en += " A reconnection was tried once, and failed: log in again, with the same appId: " + by
		zh += "已尝试重连一次，失败：请用同一 appId 扫码重新登录：" + by
	default:
		en += " If it stays like this, log in again, with the same appId: " + by
		zh += "若持续如此，请用同一 appId 扫码重新登录：" + by
	}
	return "Account " + n.Account + " " + en, "账号 " + n.Account + " " + zh
}

func stateZH(s State) string {
	switch s {
	case Offline:
		return "离线"
	case Zombie:
		return "假在线"
	case Unknown, Online:
	}
	return "未知"
}
