package endpoint

import (
	"slices"
	"strconv"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
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

// addLabel returns the existing label if the name is taken.
func addLabel(r *request) (any, error) {
	name := r.text("labelName")
	for _, l := range r.account.Labels {
		if l.LabelName == name {
			return l, nil
		}
	}
	r.account.LastLabel++
	l := world.ContactLabel{LabelName: name, LabelID: r.account.LastLabel}
	r.account.Labels = append(r.account.Labels, l)
	return l, nil
}

// labelIDs returns the labels of the call.
func (r *request) labelIDs() ([]int, error) {
	var ids []int
	for _, text := range r.list("labelIds") {
		id, err := strconv.Atoi(text)
		if err != nil || !slices.ContainsFunc(r.account.Labels, func(l world.ContactLabel) bool { return l.LabelID == id }) {
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
	r.account.Labels = slices.DeleteFunc(r.account.Labels, func(l world.ContactLabel) bool { return has(l.LabelID) })
	for wxid := range r.account.Labelled {
		r.account.Labelled[wxid] = slices.DeleteFunc(r.account.Labelled[wxid], has)
	}
	return nil
}

func listLabels(r *request) (any, error) {
	return struct {
		LabelList []world.ContactLabel `json:"labelList"`
	}{append([]world.ContactLabel{}, r.account.Labels...)}, nil
}

// modifyLabelMembers sets the labels of friends to those of the call.
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
		r.account.Labelled[wxid] = slices.Clone(ids)
	}
	return nil
}
