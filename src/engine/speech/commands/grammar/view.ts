import { rule } from '../rule';

const show = '[(show|open|focus|go to|switch to)]';
const toggle = '[(toggle|turn on|turn off|enable|disable|switch on|switch off|show|hide)]';

export const view = [
  rule('workbench.action.showCommands', [`${show} command palette`, 'show [all] commands']),
  rule('workbench.action.toggleSidebarVisibility', '(toggle|show|hide|open|close) sidebar'),
  rule('workbench.action.togglePanel', '(toggle|show|hide|open|close) [bottom] panel'),
  rule('workbench.view.explorer', [`${show} [file] explorer`, '(show|open) files']),
  rule('workbench.view.extensions', `${show} extensions`),
  rule('workbench.actions.view.problems', [`${show} (problems|errors|warnings) [(view|panel)]`]),
  rule('workbench.action.output.toggleOutput', `(show|open|toggle|hide) output [(view|panel)]`),
  rule('outline.focus', `${show} outline`),
  rule('workbench.action.openSettings', ['(open|show|change|edit) [my] [user] (settings|preferences)', 'settings']),
  rule('workbench.action.openSettingsJson', '(open|show|edit) settings json'),
  rule('workbench.action.openGlobalKeybindings', [
    '[(open|show|change|edit)] (keyboard shortcuts|key bindings|keybindings)',
  ]),
  rule('workbench.action.selectTheme', [
    '(change|select|choose|pick|switch) [color|colour] theme',
    '(color|colour) theme',
  ]),
  rule('workbench.action.zoomIn', ['zoom in', '(make|increase) [text|font] (bigger|larger|size)']),
  rule('workbench.action.zoomOut', ['zoom out', '(make|decrease) [text|font] smaller']),
  rule('workbench.action.zoomReset', 'reset zoom'),
  rule('workbench.action.toggleZenMode', ['(toggle|enter|leave|exit|start) zen mode', 'zen mode']),
  rule('workbench.action.toggleFullScreen', ['(toggle|enter|leave|exit) fullscreen', 'fullscreen']),
  rule('editor.action.toggleMinimap', `${toggle} minimap`),
  rule('editor.action.toggleWordWrap', `${toggle} word wrap`),
  rule('editor.action.toggleRenderWhitespace', `${toggle} [render] whitespace`),
  rule('editor.action.toggleStickyScroll', `${toggle} sticky scroll`),
  rule('breadcrumbs.toggle', `${toggle} breadcrumbs`),
  rule('workbench.action.editor.changeLanguageMode', ['(change|set|select|switch) language [mode]']),
  rule('workbench.files.action.collapseExplorerFolders', 'collapse [all] folders [in explorer]'),
  rule('markdown.showPreview', [
    '[(show|open)] [markdown] preview [of (file|document|markdown)]',
    'preview (file|document|markdown|readme)',
    'preview markdown (file|document)',
  ]),
  rule('markdown.showPreviewToSide', [
    '[(show|open)] [markdown] preview to [the] side',
    'preview (file|document|markdown) to [the] side',
  ]),
  rule('workbench.action.reloadWindow', '(reload|restart) (window|editor|code|vs code)', { danger: true }),
  rule('workbench.action.closeWindow', 'close window', { danger: true }),
  rule('workbench.action.quit', ['(quit|exit) [(vs code|code|editor|application)]'], { danger: true }),
  rule('pteron.menu', '(show|open) [pteron] menu'),
  rule('pteron.restartEngine', 'restart engine'),
  rule('pteron.openSettings', '(open|show) pteron settings'),
];
