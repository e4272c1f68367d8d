package xmlmsg

import "strings"

// Source is the msgsource of a message.
type Source struct {
	At          []string // atuserlist: ids of the mentioned members
	Silence     bool     // the account has muted the group
	MemberCount int      // members of the group at that time
	Signature   string   // "V1_xxxxxxxx|v1_xxxxxxxx"
	BizFlag     int      // set for official accounts and some service messages
	PublisherID string   // tmp_node/publisher-id: origin of ads and articles
	RiskFlag    int      // sec_msg_node/risk-file-flag
}

// ParseSource reads a msgsource. A broken one gives the zero Source, because it must not cost the
// message.
func ParseSource(source string) Source {
	t, err := Parser{}.read(source)
	if err != nil {
		return Source{}
	}
	defer t.release()
	s := t.root().child("msgsource")
	return Source{
		At: splitIDs(s.text("atuserlist")), Silence: s.bool("silence"), MemberCount: s.int("membercount"), Signature: s.text("signature"),
		BizFlag: s.int("bizflag"), PublisherID: s.child("tmp_node").text("publisher-id"),
		RiskFlag: s.child("sec_msg_node").int("risk-file-flag"),
	}
}

// atList reads only the at-list, and the XML only if there is one: nearly every text has a
// msgsource, but few mention anyone.
func atList(source string) []string {
	_, list, found := strings.Cut(source, "<atuserlist")
	if !found || strings.HasPrefix(list, "></") || strings.HasPrefix(list, "/>") {
		return nil
	}
	return ParseSource(source).At
}

// splitIDs splits an at-list, which may have leading commas and blanks.
func splitIDs(list string) []string {
	var ids []string
	for id := range strings.SplitSeq(list, ",") {
		if id = strings.TrimSpace(id); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}
