namespace Casement.Policies;

/// <summary>A place in a document. Lines and columns count from 1; a column is a Unicode character.</summary>
public readonly record struct SourcePosition(int Line, int Column);

/// <summary>A stretch of a document's text: from its first character to its last, both included.</summary>
public readonly record struct SourceSpan(SourcePosition Start, SourcePosition End);
