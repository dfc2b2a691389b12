import type {TroubleWords} from './en.js';

export const pt: TroubleWords = {
  denied: 'O seu navegador bloqueia o acesso. Permita-o no cadeado da barra de endereço e tente de novo.',
  dismissed: 'A pergunta do seu navegador foi fechada. Tente de novo e permita o acesso.',
  refused: 'O acesso não foi permitido. Permita-o nas definições do navegador e do sistema e tente de novo.',
  refusedInFrame:
    'O acesso não foi permitido. Permita-o no navegador. Se ele nunca pergunta, a página em volta precisa de allow="camera; microphone".',
  inUse: 'Outra aplicação está a usá-lo. Feche-a ou escolha outro dispositivo.',
  missing: 'Nada encontrado. Ligue um dispositivo e nós notamos.',
  failed: 'Não arranca. Tente de novo ou escolha outro dispositivo.',
  unplugged: 'Foi desligado. Ligue-o de novo ou escolha outro dispositivo.',
  gone: 'O dispositivo que usava não está lá. Usamos outro.',
  silent: 'Algo o ocupa, como uma chamada. Volta depois disso.',
  insecure: 'Esta página não é segura: os navegadores só permitem o acesso com https. Avise o responsável pelo site.',
  unsupported: 'Este navegador não dá acesso. Abra a página noutro.',
  policy: 'As regras deste site proíbem o acesso. Avise o responsável.',
  frame: 'A página em volta não dá acesso. O responsável acrescenta allow="camera; microphone" à moldura.',
  slow: 'O seu navegador não responde. Responda à pergunta dele ou abra a página noutro.',
  retry: 'Tentar de novo',
  copyLink: 'Copiar link',
  copied: 'Link copiado.',
};
