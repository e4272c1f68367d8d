package simulator

import "context"

// loginEndpoints is the module "login".
func loginEndpoints() []endpoint {
	return []endpoint{
		{path: "/login/checkOnline", title: "检查在线", offline: true, handle: checkOnline},
		{path: "/login/setCallback", title: "设置回调", token: true, fields: text("token", "callbackUrl"), handle: setCallback},
		{path: "/tools/setCallback", title: "设置回调", token: true, only: gewechat, fields: text("token", "callbackUrl"), handle: setCallback},
	}
}

func checkOnline(_ context.Context, r *request) (any, error) { return !r.offline, nil }

// setCallback probes the URL before it answers. The setting is one for all accounts of the token.
func setCallback(ctx context.Context, r *request) (any, error) {
	if r.text("token") != r.sim.config.Token {
		return nil, &refusal{msg: "token 不可用或已过期"}
	}
	if err := r.sim.register(ctx, r.text("callbackUrl")); err != nil {
		return nil, &refusal{code: "500", msg: "push msg err: " + err.Error()}
	}
	return nil, nil
}
