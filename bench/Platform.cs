using System.Runtime.InteropServices;
using System.Runtime.Versioning;

// file modes and locks of a Unix system keep the data directory closed
[assembly: UnsupportedOSPlatform("windows")]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
