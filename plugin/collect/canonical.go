package collect

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	articleHost = "mp.weixin.qq.com"
	// invitations are the pages of group invitations and their help; they hold tickets.
	invitations = "support.weixin.qq.com"
	longest     = 2000 // bytes of an address
)

// bare finds the addresses in a text.
var bare = regexp.MustCompile(`https?://[^\s<>"'，。；：！？、（）《》“”‘’【】]+`)

// links are the addresses in a text.
func links(text string) (all []string) {
	for _, found := range bare.FindAllString(text, 20) {
		all = append(all, strings.TrimRight(found, ".,;:!?)]}"))
	}
	return all
}

// canonical is an address without what differs between two who share the same page: tracking,
// tickets, the fragment. It is empty for what is not the address of a page.
func canonical(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(raw) > longest {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	if host == "" {
		return ""
	}
	query := u.Query()
	for name := range query {
		if tracks(strings.ToLower(name)) || host == articleHost && !slices.Contains([]string{"__biz", "mid", "idx", "sn"}, name) {
			query.Del(name)
		}
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if q := query.Encode(); q != "" { // in the order of the names
		path += "?" + q
	}
	return "https://" + host + path
}

// tracks reports whether a parameter says who shares a page, and not which page.
func tracks(name string) bool {
	for _, prefix := range []string{"utm_", "share", "spm", "wx_", "wxshare", "mkt_", "vd_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains([]string{
		"from", "from_source", "isappinstalled", "scene", "srcid", "nsukey", "pass_ticket", "ticket", "key", "uin", "clicktime", "enterid",
		"ascene", "devicetype", "exportkey", "sessionid", "subscene", "chksm", "fbclid", "gclid", "msclkid", "igshid", "timestamp",
		"xsec_token", "xhsshare", "appuid", "app_platform", "weibo_id", "tt_from", "token", "access_token", "sign", "signature",
	}, name)
}

// hostOf is the host of an address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// under reports whether a host is one of a list, or below one.
func under(host string, list []string) bool {
	return slices.ContainsFunc(list, func(of string) bool {
		of = strings.ToLower(of)
		return host == of || strings.HasSuffix(host, "."+of)
	})
}
