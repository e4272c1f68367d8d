package simulator

import (
	"slices"
	"strconv"
	"strings"
)

// labelEndpoints is the module "label".
func labelEndpoints() []endpoint {
	return []endpoint{
		{path: "/label/add", handle: locked(addLabel)},
		{path: "/label/delete", handle: nothing(deleteLabels)},
		{path: "/label/list", handle: locked(listLabels)},
		{path: "/label/modifyMemberList", blank: "labelIds", handle: nothing(modifyLabelMembers)},
	}
}

// contactLabel is a label of an account's address book.
type contactLabel struct {
	LabelName string `json:"labelName"`
	LabelID   int    `json:"labelId"`
}

// addLabel gives a name that there is already its id.
func addLabel(r *request) (any, error) {
	name := r.text("labelName")
	for _, l := range r.account.labels {
		if l.LabelName == name {
			return l, nil
		}
	}
	r.account.lastLabel++
	l := contactLabel{name, r.account.lastLabel}
	r.account.labels = append(r.account.labels, l)
	return l, nil
}

// labelIDs are the labels of the call.
func (r *request) labelIDs() ([]int, error) {
	var ids []int
	for _, text := range r.list("labelIds") {
		id, err := strconv.Atoi(text)
		if err != nil || !slices.ContainsFunc(r.account.labels, func(l contactLabel) bool { return l.LabelID == id }) {
			return nil, refuse("labelIds: there is no label %q", text)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func deleteLabels(r *request) error {
	ids, err := r.labelIDs()
	if err != nil {
		return err
	}
	has := func(id int) bool { return slices.Contains(ids, id) }
	r.account.labels = slices.DeleteFunc(r.account.labels, func(l contactLabel) bool { return has(l.LabelID) })
	for wxid := range r.account.labelled {
		r.account.labelled[wxid] = slices.DeleteFunc(r.account.labelled[wxid], has)
	}
	return nil
}

func listLabels(r *request) (any, error) {
	return struct {
		LabelList []contactLabel `json:"labelList"`
	}{append([]contactLabel{}, r.account.labels...)}, nil
}

// modifyLabelMembers gives friends the labels of the call, and no others.
func modifyLabelMembers(r *request) error {
	ids, err := r.labelIDs()
	if err != nil {
		return err
	}
	for _, wxid := range r.list("wxIds") {
		if !slices.Contains(r.account.Friends, wxid) {
			return refuse("wxIds: %q is not a friend of the account (对方不是好友)", wxid)
		}
	}
	for _, wxid := range r.list("wxIds") {
		r.account.labelled[wxid] = slices.Clone(ids)
	}
	return nil
}

// labelList are the labels of a friend as profiles have them, with commas.
func (a *account) labelList(wxid string) string {
	var ids []string
	for _, id := range a.labelled[wxid] {
		ids = append(ids, strconv.Itoa(id))
	}
	return strings.Join(ids, ",")
}
