export default function Stub(_: { code: string }) { return null; }
