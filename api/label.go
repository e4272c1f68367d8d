package api

import "context"

// LabelService manages the labels of friends.
type LabelService struct{ client *Client }

// Label is a label for friends.
type Label struct {
	ID   ID     `json:"labelId"`
	Name string `json:"labelName"`
}

// Add creates a label. If the name exists, it returns the existing label.
func (s *LabelService) Add(ctx context.Context, appID, name string) (*Label, error) {
	return ask[Label](ctx, s.client, "/label/add", send, params{"appId": appID, "labelName": name}, field{"appId", appID},
		field{"labelName", name})
}

// Delete deletes labels.
func (s *LabelService) Delete(ctx context.Context, appID string, ids ...ID) error {
	labels := field{"labelIds", IDList(ids).join()}
	return s.client.do(ctx, "/label/delete", send, params{"appId": appID, "labelIds": IDList(ids)}, field{"appId", appID}, labels)
}

// List lists all labels.
func (s *LabelService) List(ctx context.Context, appID string) ([]Label, error) {
	answer, err := ask[struct {
		Labels []Label `json:"labelList"`
	}](ctx, s.client, "/label/list", query, params{"appId": appID}, field{"appId", appID})
	if err != nil {
		return nil, err
	}
	return answer.Labels, nil
}

// ModifyMemberListRequest sets the labels of friends.
type ModifyMemberListRequest struct {
	AppID string `json:"appId"`
	// Labels are all labels of the friends after the call; an empty list removes all. To add a
	// label, read the existing ones first: they are in ContactInfo.LabelList of GetDetailInfo.
	Labels IDList   `json:"labelIds"`
	Wxids  []string `json:"wxIds"`
}

// ModifyMemberList replaces the labels of friends.
func (s *LabelService) ModifyMemberList(ctx context.Context, r ModifyMemberListRequest) error {
	return s.client.do(ctx, "/label/modifyMemberList", send, r, field{"appId", r.AppID}, list("wxIds", r.Wxids))
}
