package awssim

// Platform is the operating system of an instance.
type Platform string

// The platforms that have a [Catalogue].
const (
	AmazonLinux2023   Platform = "Amazon Linux 2023"
	Ubuntu2204        Platform = "Ubuntu 22.04"
	WindowsServer2022 Platform = "Windows Server 2022"
)

// platformFacts is how the two services describe a platform.
type platformFacts struct {
	ssmType    string // PlatformType: Linux or Windows
	ssmName    string // PlatformName
	ssmVersion string // PlatformVersion
	ec2Details string // PlatformDetails, what the bill says
	ec2Name    string // Platform: "windows", else absent
	rootDevice string
	step       string // the step of AWS-RunPatchBaseline that runs there
}

func (p Platform) facts() platformFacts {
	switch p {
	case WindowsServer2022:
		return platformFacts{"Windows", "Microsoft Windows Server 2022 Datacenter", "10.0.20348", "Windows", "windows", "/dev/sda1", "PatchWindows"}
	case Ubuntu2204:
		return platformFacts{"Linux", "Ubuntu", "22.04", "Linux/UNIX", "", "/dev/sda1", "PatchLinux"}
	case AmazonLinux2023:
	}
	return platformFacts{"Linux", "Amazon Linux", "2023", "Linux/UNIX", "", "/dev/xvda", "PatchLinux"}
}
