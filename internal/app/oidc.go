package app

import (
	"errors"
	"fmt"
	"os"

	"github.com/lianpian/lianpian/internal/account"
)

// newProvider is the OpenID Connect provider that is configured, or nil.
func newProvider(accounts *account.Store, c OIDCConfig) (*account.Provider, error) {
	if c.Issuer == "" {
		if c.ClientID != "" || c.Rules != "" || c.Create {
			return nil, errors.New("an OpenID Connect provider is half configured: LIANPIAN_OIDC_ISSUER is missing")
		}
		return nil, nil //nolint:nilnil // none is a choice, not a failure
	}
	config := account.ProviderConfig{
		Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Scopes: c.Scopes,
		NameClaim: c.NameClaim, Label: c.Label, Create: c.Create,
	}
	if c.Rules != "" {
		text, err := os.ReadFile(c.Rules)
		if err != nil {
			return nil, fmt.Errorf("open the rules of the OpenID Connect provider: %w", err)
		}
		if config.Rules, err = account.NewRules(text); err != nil {
			return nil, fmt.Errorf("rules of the OpenID Connect provider in %s: %w", c.Rules, err)
		}
	}
	return account.NewProvider(accounts, config)
}
