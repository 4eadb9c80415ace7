import { compose } from '../../src/engine/compose';
import { loadAddon } from '../../src/engine/native/loader';

/** The engine with the addon that PTERON_ADDON names, for a benchmark. */
export function openEngine() {
  const { engine, registry } = compose({ addon: loadAddon });
  const { mlxDevice: device, executorch, threads } = loadAddon().runtimeInfo();
  const quantizationOf = async (id: string) => {
    const { dtype, quantization } = (await registry.get(id)).installed.manifest;
    return quantization === 'none' ? dtype : quantization;
  };
  return { engine, runtime: { device, executorch, threads }, quantizationOf };
}
