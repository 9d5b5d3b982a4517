package awssim

// Catalogue returns updates as Systems Manager would list them for the platform,
// the gravest first, as an AWS predefined baseline has them: without a compliance
// level, which [WithLevels] adds. The slice is the caller's.
func Catalogue(p Platform) []Patch {
	switch p {
	case Ubuntu2204:
		return ubuntuPatches()
	case WindowsServer2022:
		return windowsPatches()
	case AmazonLinux2023:
	}
	return amazonLinuxPatches()
}

// Amazon Linux: Security or Bugfix; Critical, Important, Medium or Low.
func amazonLinuxPatches() []Patch {
	return []Patch{
		{Title: "kernel.x86_64:0:6.1.112-122.189.amzn2023", KBId: "kernel.x86_64", Classification: "Security",
			Severity: "Critical", CVEIds: []string{"CVE-2024-46858", "CVE-2024-47674", "CVE-2024-49995"}},
		{Title: "openssl.x86_64:1:3.0.8-1.amzn2023.0.16", KBId: "openssl.x86_64", Classification: "Security",
			Severity: "Critical", CVEIds: []string{"CVE-2024-6119", "CVE-2024-9143"}},
		{Title: "openssh-server.x86_64:0:8.7p1-8.amzn2023.0.11", KBId: "openssh-server.x86_64", Classification: "Security",
			Severity: "Important", CVEIds: []string{"CVE-2024-6387"}},
		{Title: "curl-minimal.x86_64:0:8.5.0-1.amzn2023.0.4", KBId: "curl-minimal.x86_64", Classification: "Security",
			Severity: "Medium", CVEIds: []string{"CVE-2024-7264"}},
		{Title: "vim-minimal.x86_64:2:9.1.785-1.amzn2023.0.1", KBId: "vim-minimal.x86_64", Classification: "Security",
			Severity: "Low", CVEIds: []string{"CVE-2024-43802"}},
		{Title: "amazon-ssm-agent.x86_64:0:3.3.987.0-1.amzn2023", KBId: "amazon-ssm-agent.x86_64", Classification: "Bugfix",
			Severity: "Low"},
	}
}

// Ubuntu has no severity: Systems Manager shows the package's priority (Required,
// Important, Standard, Optional or Extra).
func ubuntuPatches() []Patch {
	return []Patch{
		{Title: "linux-image-aws:amd64:5.15.0.1072.78~20.04.1", KBId: "linux-image-aws:amd64", Classification: "Security",
			Severity: "Optional", CVEIds: []string{"CVE-2024-26800", "CVE-2024-43882"}},
		{Title: "libssl3:amd64:3.0.2-0ubuntu1.18", KBId: "libssl3:amd64", Classification: "Security",
			Severity: "Required", CVEIds: []string{"CVE-2024-6119"}},
		{Title: "openssh-server:amd64:1:8.9p1-3ubuntu0.10", KBId: "openssh-server:amd64", Classification: "Security",
			Severity: "Optional", CVEIds: []string{"CVE-2024-6387"}},
		{Title: "tzdata:all:2024b-0ubuntu0.22.04", KBId: "tzdata:all", Classification: "Updates", Severity: "Required"},
	}
}

// Windows: Microsoft's classifications; Critical, Important, Moderate, Low or
// Unspecified.
func windowsPatches() []Patch {
	return []Patch{
		{Title: "2026-11 Cumulative Update for Microsoft server operating system version 21H2 for x64-based Systems (KB5046616)",
			KBId: "KB5046616", Classification: "SecurityUpdates", Severity: "Critical",
			CVEIds: []string{"CVE-2024-43451", "CVE-2024-49039"}},
		{Title: "2026-11 Cumulative Update for .NET Framework 3.5, 4.8 and 4.8.1 for Microsoft server operating system version 21H2 for x64 (KB5046547)",
			KBId: "KB5046547", Classification: "SecurityUpdates", Severity: "Important", CVEIds: []string{"CVE-2024-43498"}},
		{Title: "Security Intelligence Update for Microsoft Defender Antivirus - KB2267602 (Version 1.421.226.0)",
			KBId: "KB2267602", Classification: "DefinitionUpdates", Severity: "Unspecified"},
		{Title: "Windows Malicious Software Removal Tool x64 - v5.130 (KB890830)",
			KBId: "KB890830", Classification: "UpdateRollups", Severity: "Unspecified"},
	}
}
