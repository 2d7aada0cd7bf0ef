package main

import "github.com/Masterminds/semver/v3"

type kubeVersion struct {
	Version string
	Major   string
	Minor   string
}

func (v kubeVersion) String() string     { return v.Version }
func (v kubeVersion) GitVersion() string { return v.Version }

type apiVersions []string

func (v apiVersions) Has(version string) bool {
	for _, one := range v {
		if one == version {
			return true
		}
	}
	return false
}

// What .Capabilities offers.
type capabilities struct {
	KubeVersion kubeVersion
	APIVersions apiVersions
}

func newCapabilities(version string, api []string) (capabilities, error) {
	parsed, err := semver.NewVersion(version)
	if err != nil {
		return capabilities{}, err
	}
	return capabilities{
		KubeVersion: kubeVersion{
			Version: "v" + parsed.String(),
			Major:   fmtUint(parsed.Major()),
			Minor:   fmtUint(parsed.Minor()),
		},
		APIVersions: append(apiVersions{"v1", "apps/v1", "coordination.k8s.io/v1", "rbac.authorization.k8s.io/v1"}, api...),
	}, nil
}
