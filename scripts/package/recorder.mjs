/** Where @picovoice/pvrecorder-node has the library of a platform, and where its code, bundled into dist/capture, looks for it below dist. */
export const recorderLibraries = {
  'darwin-arm64': 'lib/mac/arm64/pv_recorder.node',
  'linux-x64': 'lib/linux/x86_64/pv_recorder.node',
};
