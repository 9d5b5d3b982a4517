// Package patchbot holds the files at the root of the repository that programs need.
package patchbot

import _ "embed" // the manifest

// Manifest is the Slack app's manifest, with ManifestURL where the bot listens.
//
//go:embed manifest.yaml
var Manifest string

// ManifestURL is the base of the request URLs in Manifest, to be replaced.
const ManifestURL = "https://patchbot.example.com"
