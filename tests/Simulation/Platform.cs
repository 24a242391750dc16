using System.Runtime.Versioning;

// as the server itself: file modes are Unix's
[assembly: UnsupportedOSPlatform("windows")]
